package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.Scope;
import dev.throttle.handler.InvalidThrottleConfigurationException;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * The rates that are configured under {@code throttle.rates}.
 */
final class ConfiguredRates {

	private static final String PREFIX = "throttle.rates";

	private final Environment environment;

	private ConfiguredRates(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Return whether a scope has a rate, in any spelling.
	 */
	static boolean contain(Environment environment, String scope) {
		String canonical = Scope.canonical(scope);
		return bind(environment).keySet().stream().anyMatch((key) -> loosely(key).equals(canonical));
	}

	private static String loosely(String key) {
		return key.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the rates, of two spellings of a scope the one with the higher precedence.
	 * @throws InvalidThrottleConfigurationException if a scope or a rate is not one, or
	 * one property source gives a scope two rates
	 */
	static Rates read(Environment environment) {
		return new ConfiguredRates(environment).read();
	}

	private static Map<String, String> bind(Environment environment) {
		return Binder.get(environment).bind(PREFIX, Bindable.mapOf(String.class, String.class)).orElseGet(Map::of);
	}

	private Rates read() {
		Map<String, String> configured = bind(this.environment);
		Map<String, String> spellings = new LinkedHashMap<>();
		Rates rates = Rates.none();
		for (Map.Entry<String, String> entry : configured.entrySet()) {
			String scope = entry.getKey();
			List<Rate> parsed = parse(scope, entry.getValue());
			String other = spellings.putIfAbsent(canonical(scope), scope);
			if (other == null) {
				rates = rates.with(scope, parsed);
			}
			else if (inOneSource(scope, other)) {
				throw new InvalidThrottleConfigurationException("The properties '" + PREFIX + "." + other + "' and '"
						+ PREFIX + "." + scope + "' are two spellings of one scope.", "Remove one of them.");
			}
		}
		return rates;
	}

	private static String canonical(String scope) {
		try {
			return Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + PREFIX + "." + scope + "' does not name a scope.",
					"Write letters and digits, separated by '-', '_' or '.'.");
		}
	}

	private static List<Rate> parse(String scope, String rates) {
		try {
			return Rate.parseAll(rates);
		}
		catch (InvalidRateException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + PREFIX + "." + scope + "' is '" + ex.getText()
							+ "', which is no rate from column " + ex.getColumn() + " on: " + ex.getReason() + ".",
					"Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
		}
	}

	private boolean inOneSource(String left, String right) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (has(source, left) && has(source, right)) {
				return true;
			}
		}
		return false;
	}

	private static boolean has(ConfigurationPropertySource source, String scope) {
		ConfigurationPropertyName name = ConfigurationPropertyName.of(PREFIX).append("[" + scope + "]");
		return source.getConfigurationProperty(name) != null;
	}

}
