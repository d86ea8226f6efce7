package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.handler.DidYouMean;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConverterNotFoundException;

/**
 * Tells which values a property under {@code throttle} may have, where these are few, as
 * they are spelled in the documentation.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownThrottleValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		Class<?> type = cause.getTarget().getType().resolve();
		if (!PropertyNames.isOurs(cause.getName()) || type == null) {
			return null;
		}
		if (type == ScopeProperties.class && cause.getCause() instanceof ConverterNotFoundException) {
			return noProperties(cause);
		}
		List<String> known = values(type);
		ConversionFailedException conversion = findCause(cause, ConversionFailedException.class);
		if (known.isEmpty() || conversion == null) {
			return null;
		}
		String value = String.valueOf(conversion.getValue());
		Origin origin = Origin.from(cause.getProperty());
		return new FailureAnalysis(
				"The property '" + cause.getName() + "' is '" + value + "', which is not one of its values"
						+ meant(value, known) + "." + ((origin != null) ? " It is set in " + origin + "." : ""),
				"Write one of " + known.stream().map((each) -> "'" + each + "'").collect(Collectors.joining(", "))
						+ ".",
				cause);
	}

	/**
	 * Tell that a scope has a value of its own where its properties are expected.
	 */
	private static FailureAnalysis noProperties(BindException cause) {
		String scope = cause.getName().getLastElement(Form.ORIGINAL);
		return new FailureAnalysis(
				"The property '" + cause.getName()
						+ "' cannot have a value: the properties of the scope stand below it.",
				"Write '" + PropertyNames.ofScope(scope, "rate") + "' or 'throttle.rates." + scope
						+ "' to set its rate, or remove the property.",
				cause);
	}

	private static List<String> values(Class<?> type) {
		if (type == Boolean.class || type == boolean.class) {
			return List.of("true", "false");
		}
		return type.isEnum()
				? Stream.of(type.getEnumConstants()).map(UnknownThrottleValueFailureAnalyzer::spell).toList()
				: List.of();
	}

	private static String spell(Object constant) {
		return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
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
