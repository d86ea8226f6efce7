package dev.throttle.autoconfigure;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.Scope;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * The rates that are configured under {@code throttle.rates} and, as shadows, under
 * {@code throttle.shadow} and {@code throttle.shadow-rates}.
 */
final class ConfiguredRates {

	private static final Logger logger = LoggerFactory.getLogger(ConfiguredRates.class);

	private static final String RATES = "throttle.rates";

	private static final String SHADOW_RATES = "throttle.shadow-rates";

	private static final String SCOPE_EXPECTED = "Write a scope of letters and digits, separated by '-', '_' or '.'.";

	private final Environment environment;

	private final String prefix;

	private final ConfigurationPropertyName prefixName;

	private ConfiguredRates(Environment environment, String prefix) {
		this.environment = environment;
		this.prefix = prefix;
		this.prefixName = ConfigurationPropertyName.of(prefix);
	}

	/**
	 * Return whether a scope has a rate, in any spelling, or one that was taken away, so
	 * that its throttle can still be named.
	 */
	static boolean contain(Environment environment, String scope) {
		String canonical = Scope.canonical(scope);
		return bind(environment, RATES).keySet().stream().anyMatch((key) -> loosely(key).equals(canonical));
	}

	private static String loosely(String key) {
		return key.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the rates, of two spellings of a scope the one with the higher precedence.
	 * An empty value and {@code unlimited} take away the rate that a source with lower
	 * precedence gives.
	 * @param shadow the scopes whose rates are shadows
	 * @throws InvalidThrottleConfigurationException if a scope or a rate is not one, or
	 * one property source gives a scope two rates
	 */
	static Rates read(Environment environment, Collection<String> shadow) {
		Rates rates = Rates.none();
		for (Map.Entry<String, List<Rate>> entry : new ConfiguredRates(environment, RATES).read().entrySet()) {
			rates = entry.getValue().isEmpty() ? rates.withUnlimited(entry.getKey())
					: rates.with(entry.getKey(), entry.getValue());
		}
		shadow.forEach(ConfiguredRates::checkShadow);
		rates = rates.withShadowScopes(shadow);
		for (Map.Entry<String, List<Rate>> entry : new ConfiguredRates(environment, SHADOW_RATES).read().entrySet()) {
			rates = withShadowRates(rates, entry.getKey(), entry.getValue());
		}
		return rates;
	}

	/**
	 * Return the rates where they limit nothing, so that one that is none does not
	 * matter.
	 */
	static Rates readUnchecked(Environment environment) {
		try {
			return read(environment, List.of());
		}
		catch (InvalidThrottleConfigurationException ex) {
			logger.warn(
					"While throttling is off there are no rates, and switched on the application would not start: {}",
					ex.getMessage());
			return Rates.none();
		}
	}

	private static void checkShadow(String scope) {
		try {
			Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property 'throttle.shadow' names '" + scope + "', which cannot be a scope.", SCOPE_EXPECTED);
		}
	}

	private static Rates withShadowRates(Rates rates, String scope, List<Rate> shadows) {
		try {
			return rates.withShadowRates(scope, shadows);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException("The scope '" + scope
					+ "' stands in 'throttle.shadow', so that it can have no shadow beside its rate, but the property '"
					+ SHADOW_RATES + "." + scope + "' is set, too.",
					"Remove the scope from 'throttle.shadow' to enforce its rate, or remove '" + SHADOW_RATES + "."
							+ scope + "'.");
		}
	}

	private static Map<String, String> bind(Environment environment, String prefix) {
		return Binder.get(environment).bind(prefix, Bindable.mapOf(String.class, String.class)).orElseGet(Map::of);
	}

	private Map<String, List<Rate>> read() {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				checkSpellings(iterable.stream().filter(this.prefixName::isAncestorOf));
			}
		}
		Map<String, List<Rate>> rates = new LinkedHashMap<>();
		Set<String> seen = new HashSet<>();
		for (Map.Entry<String, String> entry : bind(this.environment, this.prefix).entrySet()) {
			List<Rate> parsed = parse(entry.getKey(), entry.getValue());
			if (seen.add(canonical(entry.getKey()))) {
				rates.put(entry.getKey(), parsed);
			}
		}
		return rates;
	}

	private void checkSpellings(Stream<ConfigurationPropertyName> names) {
		Map<String, String> spellings = new HashMap<>();
		names.forEach((name) -> {
			if (name.isNumericIndex(name.getNumberOfElements() - 1)) {
				throw new InvalidThrottleConfigurationException("The property '" + name.getParent() + "' is a list.",
						"Write several rates of a scope as one text, such as '60/min, 1000/day'.");
			}
			String scope = scope(name);
			String other = spellings.putIfAbsent(loosely(scope), scope);
			if (other != null && !other.equals(scope)) {
				throw new InvalidThrottleConfigurationException("The properties '" + this.prefix + "." + other
						+ "' and '" + this.prefix + "." + scope + "' are two spellings of one scope.",
						"Remove one of them.");
			}
		});
	}

	private String scope(ConfigurationPropertyName name) {
		return IntStream.range(this.prefixName.getNumberOfElements(), name.getNumberOfElements())
			.mapToObj((index) -> name.getElement(index, Form.ORIGINAL))
			.collect(Collectors.joining("."));
	}

	private String canonical(String scope) {
		try {
			return Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + this.prefix + "." + scope + "' names '" + scope + "', which cannot be a scope.",
					SCOPE_EXPECTED);
		}
	}

	private List<Rate> parse(String scope, String rates) {
		if (rates.contains("${")) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + this.prefix + "." + scope + "' has a placeholder that cannot be resolved: '"
							+ rates + "'.",
					"Set that property, or give a default after a colon, as in '${uploads.rate:20/day}'.");
		}
		if (Rates.isUnlimitedText(rates)) {
			return List.of();
		}
		try {
			return Rate.parseAll(rates);
		}
		catch (InvalidRateException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + this.prefix + "." + scope + "' is '" + ex.getText()
							+ "', which is not a rate. At column " + ex.getColumn() + ": " + ex.getReason() + ".",
					"Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
		}
	}

}
