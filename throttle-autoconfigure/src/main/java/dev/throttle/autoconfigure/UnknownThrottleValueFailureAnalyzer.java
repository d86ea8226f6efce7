package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.handler.DidYouMean;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;

/**
 * Tells which values a property under {@code throttle} may have, where these are few, as
 * they are spelled in the documentation.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownThrottleValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		Class<?> type = cause.getTarget().getType().resolve();
		ConversionFailedException conversion = findCause(cause, ConversionFailedException.class);
		if (!PropertyNames.isOurs(cause.getName()) || type == null || !type.isEnum() || conversion == null) {
			return null;
		}
		List<String> known = Stream.of(type.getEnumConstants())
			.map(UnknownThrottleValueFailureAnalyzer::spell)
			.toList();
		String value = String.valueOf(conversion.getValue());
		Origin origin = Origin.from(cause.getProperty());
		return new FailureAnalysis(
				"The property '" + cause.getName() + "' is '" + value + "', which is not one of its values"
						+ meant(value, known) + "." + ((origin != null) ? " It is set in " + origin + "." : ""),
				"Write one of " + known.stream().map((each) -> "'" + each + "'").collect(Collectors.joining(", "))
						+ ".",
				cause);
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
