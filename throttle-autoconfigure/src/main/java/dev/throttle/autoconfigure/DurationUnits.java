package dev.throttle.autoconfigure;

import java.time.Duration;
import java.util.regex.Pattern;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Checks that durations have a unit: some would take a bare number for seconds, and
 * Spring Boot takes it for milliseconds. Zero needs none, nor do the properties that an
 * application has under the same prefix.
 */
final class DurationUnits implements ConfigurationPropertiesBindHandlerAdvisor {

	private static final Pattern NUMBER = Pattern.compile("\\s*\\+?\\d+\\s*");

	private final Environment environment;

	DurationUnits(Environment environment) {
		this.environment = environment;
	}

	@Override
	public BindHandler apply(BindHandler bindHandler) {
		return new AbstractBindHandler(bindHandler) {

			@Override
			public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
					Object result) {
				ConfigurationProperty property = context.getConfigurationProperty();
				if (result instanceof Duration duration && !duration.isZero() && property != null
						&& PropertyNames.isKnown(name)) {
					check(name, DurationUnits.this.environment.resolvePlaceholders(property.getValue().toString()));
				}
				return super.onSuccess(name, target, context, result);
			}

		};
	}

	private static void check(ConfigurationPropertyName name, String value) {
		if (NUMBER.matcher(value).matches()) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE,
					"The property '" + name + "' is '" + value + "', which has no unit.",
					"Write '" + value + "s' for seconds or '" + value + "ms' for milliseconds.");
		}
	}

}
