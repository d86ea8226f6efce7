package dev.throttle.autoconfigure;

import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says which property under {@code throttle} does not exist, and which one was probably
 * meant.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownThrottlePropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		Set<ConfigurationProperty> unknown = cause.getUnboundProperties();
		if (!unknown.stream().map(ConfigurationProperty::getName).allMatch(PropertyNames::isOurs)) {
			return null;
		}
		boolean unlike = unknown.stream().anyMatch((property) -> meant(property).isEmpty());
		String known = unlike ? " The properties are " + PropertyNames.list() + "." : "";
		return new FailureAnalysis(
				unknown.stream()
					.map(UnknownThrottlePropertyFailureAnalyzer::describe)
					.collect(Collectors.joining(System.lineSeparator())),
				((unknown.size() == 1) ? "Correct the name, or remove the property."
						: "Correct the names, or remove the properties.") + known,
				cause);
	}

	private static String describe(ConfigurationProperty property) {
		String name = property.getName().toString();
		return (name.equals(PropertyNames.suggestion(property.getName())) ? "The property '" + name + "' has no value."
				: "Unknown property '" + name + "'" + meant(property) + ".")
				+ ((property.getOrigin() != null) ? " It is set in " + property.getOrigin() + "." : "");
	}

	private static String meant(ConfigurationProperty property) {
		String instead = PropertyNames.replacement(property);
		if (!instead.isEmpty()) {
			return "; write " + instead + " instead";
		}
		String near = PropertyNames.suggestion(property.getName());
		return near.isEmpty() ? "" : " (did you mean '" + near + "'?)";
	}

}
