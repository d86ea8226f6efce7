package dev.throttle.autoconfigure;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * Checks unknown properties under {@code throttle}. One that may be a misspelling stops
 * the start; any other belongs to the application and is ignored.
 */
final class UnknownProperties implements ConfigurationPropertiesBindHandlerAdvisor {

	private static final Logger logger = LoggerFactory.getLogger(UnknownProperties.class);

	@Override
	public BindHandler apply(BindHandler bindHandler) {
		return new AbstractBindHandler(bindHandler) {

			@Override
			public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
					@Nullable Object result) throws Exception {
				if (target.getType().resolve() != ThrottleProperties.class) {
					super.onFinish(name, target, context, result);
					return;
				}
				Set<ConfigurationProperty> unknown = new LinkedHashSet<>(impossible(context));
				try {
					super.onFinish(name, target, context, result);
				}
				catch (UnboundConfigurationPropertiesException ex) {
					unknown.addAll(ex.getUnboundProperties());
				}
				if (!unknown.isEmpty()) {
					check(unknown);
				}
			}

		};
	}

	/**
	 * Return the properties that are certainly mistakes. Environment variables are
	 * included, although Spring Boot does not check them.
	 */
	private static Set<ConfigurationProperty> impossible(BindContext context) {
		Set<ConfigurationProperty> impossible = new LinkedHashSet<>();
		for (ConfigurationPropertySource source : context.getSources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(PropertyNames::isOurs)
					.map(source::getConfigurationProperty)
					.filter((property) -> property != null && PropertyNames.isImpossible(property))
					.forEach(impossible::add);
			}
		}
		return impossible;
	}

	private static void check(Set<ConfigurationProperty> unknown) {
		Set<ConfigurationProperty> mistaken = unknown.stream()
			.filter(PropertyNames::isLikelyMisspelling)
			.collect(Collectors.toSet());
		if (!mistaken.isEmpty()) {
			throw new UnboundConfigurationPropertiesException(mistaken);
		}
		logger.info("Ignoring properties under 'throttle' that are not similar to any property of Throttle: {}",
				unknown.stream()
					.map((property) -> "'" + property.getName() + "'")
					.sorted()
					.collect(Collectors.joining(", ")));
	}

}
