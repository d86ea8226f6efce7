package dev.throttle.autoconfigure;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * The property that sets the rate of a scope.
 *
 * @param scope the scope, as spelled in the property
 * @param name the property's name
 * @param isShort whether it is under {@code throttle.rates}
 */
record RateProperty(String scope, String name, boolean isShort) {

	private static final ConfigurationPropertyName RATES = ConfigurationPropertyName.of("throttle.rates");

	private static final ConfigurationPropertyName SCOPES = ConfigurationPropertyName.of("throttle.scopes");

	/**
	 * Return the effective properties, by the key of the scope. The source with the
	 * highest precedence wins.
	 * @throws InvalidThrottleConfigurationException if one source has two of them for a
	 * scope, or spells the scope in two ways
	 */
	static Map<String, RateProperty> find(Environment environment) {
		Map<String, RateProperty> properties = new LinkedHashMap<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				checkSpellings(iterable.stream().filter(SCOPES::isAncestorOf));
				find(iterable.stream()).forEach(properties::putIfAbsent);
			}
		}
		return properties;
	}

	private static Map<String, RateProperty> find(Stream<ConfigurationPropertyName> names) {
		Map<String, RateProperty> properties = new LinkedHashMap<>();
		names.map(RateProperty::of).forEach((next) -> {
			RateProperty other = (next != null) ? properties.putIfAbsent(ConfiguredScopes.key(next.scope()), next)
					: null;
			if (next != null && other != null && !other.equals(next)) {
				boolean isSpelling = other.isShort() == next.isShort();
				throw new InvalidThrottleConfigurationException(isSpelling ? Mistake.TWO_SPELLINGS : Mistake.TWO_RATES,
						"The properties '" + other.name() + "' and '" + next.name()
								+ (isSpelling ? "' are two spellings of one scope."
										: "' both set the rate of the scope '" + next.scope() + "'."),
						"Remove one of them.");
			}
		});
		return properties;
	}

	private static @Nullable RateProperty of(ConfigurationPropertyName name) {
		int length = name.getNumberOfElements();
		if (RATES.isAncestorOf(name)) {
			if (name.isNumericIndex(length - 1)) {
				throw new InvalidThrottleConfigurationException(Mistake.INVALID_RATE,
						"The property '" + name.getParent() + "' is a list.",
						"Write the rates of a scope as one comma-separated value, such as '60/min, 1000/day'.");
			}
			String scope = IntStream.range(RATES.getNumberOfElements(), length)
				.mapToObj((index) -> name.getElement(index, Form.ORIGINAL))
				.collect(Collectors.joining("."));
			return new RateProperty(scope, RATES + "." + scope, true);
		}
		int scope = SCOPES.getNumberOfElements();
		if (SCOPES.isAncestorOf(name) && length == scope + 2
				&& name.getElement(length - 1, Form.UNIFORM).equals("rate")) {
			String written = name.getElement(scope, Form.ORIGINAL);
			return new RateProperty(written, PropertyNames.ofScope(written, "rate"), false);
		}
		return null;
	}

	private static void checkSpellings(Stream<ConfigurationPropertyName> names) {
		Map<String, String> spellings = new HashMap<>();
		names.map((name) -> name.getElement(SCOPES.getNumberOfElements(), Form.ORIGINAL)).forEach((scope) -> {
			String other = spellings.putIfAbsent(ConfiguredScopes.key(scope), scope);
			if (other != null && !other.equals(scope)) {
				throw new InvalidThrottleConfigurationException(Mistake.TWO_SPELLINGS,
						"The properties '" + PropertyNames.ofScope(other, "*") + "' and '"
								+ PropertyNames.ofScope(scope, "*") + "' are two spellings of one scope.",
						"Use the same spelling in both.");
			}
		});
	}

}
