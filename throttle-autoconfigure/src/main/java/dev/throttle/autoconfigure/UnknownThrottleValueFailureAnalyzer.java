package dev.throttle.autoconfigure;

import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.handler.DidYouMean;
import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConverterNotFoundException;

/**
 * Lists the values that an enum or boolean property under {@code throttle} accepts,
 * spelled as in the documentation, and says what a time zone looks like.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownThrottleValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		Class<?> type = cause.getTarget().getType().resolve();
		if (!PropertyNames.isOurs(cause.getName()) || type == null) {
			return null;
		}
		if (type == Map.class && cause.getProperty() != null
				&& cause.getCause() instanceof ConverterNotFoundException) {
			return noScopes(cause.getProperty(), cause);
		}
		if ((type == ScopeProperties.class || type == PlanProperties.class)
				&& cause.getCause() instanceof ConverterNotFoundException) {
			return noProperties(cause, type);
		}
		List<String> known = values(type);
		ConversionFailedException conversion = findCause(cause, ConversionFailedException.class);
		if (known.isEmpty() || conversion == null) {
			return null;
		}
		String value = String.valueOf(conversion.getValue());
		Origin origin = Origin.from(cause.getProperty());
		boolean isZone = type == ZoneId.class;
		return new FailureAnalysis(
				"The property '" + cause.getName() + "' is '" + value + "', which is not a "
						+ (isZone ? "time zone" : "valid value") + (isZone ? zone(value, known) : meant(value, known))
						+ "." + ((origin != null) ? " It is set in " + origin + "." : ""),
				Mistake.INVALID_VALUE
					.withLink(isZone ? "Write the name of a time zone, such as 'Europe/Berlin' or 'UTC'."
							: "Use one of "
									+ known.stream().map((each) -> "'" + each + "'").collect(Collectors.joining(", "))
									+ "."),
				cause);
	}

	/**
	 * Say that there is a value where scopes or plans are expected.
	 */
	private static FailureAnalysis noScopes(ConfigurationProperty property, BindException cause) {
		String names = property.getName().getLastElement(Form.UNIFORM).equals("plans") ? "plans" : "scopes";
		return new FailureAnalysis(
				"The property '" + property.getName() + "' cannot have a value: the names of " + names
						+ " belong below it."
						+ ((property.getOrigin() != null) ? " It is set in " + property.getOrigin() + "." : ""),
				Mistake.UNKNOWN_PROPERTY
					.withLink("Write " + PropertyNames.replacement(property) + " instead, or remove it."),
				cause);
	}

	/**
	 * Say that a scope or plan has a value where its properties are expected.
	 */
	private static FailureAnalysis noProperties(BindException cause, Class<?> type) {
		String key = cause.getName().getLastElement(Form.ORIGINAL);
		String instead = (type == PlanProperties.class) ? "'" + PropertyNames.ofPlan(key, "rates.<scope>") + "'"
				: "'" + PropertyNames.ofScope(key, "rate") + "' or 'throttle.rates." + key + "'";
		return new FailureAnalysis(
				"The property '" + cause.getName() + "' has a value, but only the properties below it can have one.",
				Mistake.UNKNOWN_PROPERTY.withLink("Write " + instead + " to set the rate, or remove the property."),
				cause);
	}

	private static List<String> values(Class<?> type) {
		if (type == Boolean.class || type == boolean.class) {
			return List.of("true", "false");
		}
		if (type == ZoneId.class) {
			return ZoneId.getAvailableZoneIds().stream().sorted().toList();
		}
		return type.isEnum()
				? Stream.of(type.getEnumConstants()).map(UnknownThrottleValueFailureAnalyzer::spell).toList()
				: List.of();
	}

	private static String spell(Object constant) {
		return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static String zone(String value, List<String> known) {
		String city = "/" + value.toLowerCase(Locale.ROOT);
		return known.stream()
			.filter((zone) -> zone.toLowerCase(Locale.ROOT).endsWith(city))
			.findFirst()
			.map((zone) -> " (did you mean '" + zone + "'?)")
			.orElseGet(() -> meant(value, known));
	}

	private static String meant(String value, List<String> known) {
		String lower = value.toLowerCase(Locale.ROOT);
		List<String> longer = known.stream().filter((each) -> !lower.isEmpty() && each.startsWith(lower)).toList();
		return ((longer.size() == 1) ? longer.stream().findFirst()
				: DidYouMean.nearest(value, known, Math.min(2, value.length() / 3)))
			.map((near) -> " (did you mean '" + near + "'?)")
			.orElse("");
	}

}
