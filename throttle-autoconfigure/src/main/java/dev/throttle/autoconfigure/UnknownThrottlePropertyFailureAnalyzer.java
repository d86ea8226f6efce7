package dev.throttle.autoconfigure;

import java.util.Set;
import java.util.stream.Collectors;

import dev.throttle.handler.Mistake;
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
		return new FailureAnalysis(
				unknown.stream()
					.map(UnknownThrottlePropertyFailureAnalyzer::describe)
					.collect(Collectors.joining(System.lineSeparator())),
				Mistake.UNKNOWN_PROPERTY.withLink(action(unknown)), cause);
	}

	private static String action(Set<ConfigurationProperty> unknown) {
		boolean isOne = unknown.size() == 1;
		if (unknown.stream().anyMatch((property) -> meant(property).isEmpty())) {
			return (isOne ? "Correct the name, or remove the property."
					: "Correct the names, or remove the properties.") + " The properties are " + PropertyNames.list()
					+ ".";
		}
		return "Write " + unknown.stream()
			.map(UnknownThrottlePropertyFailureAnalyzer::toWrite)
			.distinct()
			.sorted()
			.collect(Collectors.joining(" and ")) + " instead, or remove " + (isOne ? "it." : "them.");
	}

	private static String toWrite(ConfigurationProperty property) {
		String instead = PropertyNames.replacement(property);
		return !instead.isEmpty() ? instead : "'" + PropertyNames.suggestion(property.getName()) + "'";
	}

	private static String describe(ConfigurationProperty property) {
		String name = property.getName().toString();
		boolean isKnown = PropertyNames.replacement(property).isEmpty()
				&& name.equals(PropertyNames.suggestion(property.getName()));
		return (isKnown ? "The property '" + name + "' has no value."
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
