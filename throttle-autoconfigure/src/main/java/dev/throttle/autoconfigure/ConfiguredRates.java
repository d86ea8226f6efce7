package dev.throttle.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.Scope;
import dev.throttle.handler.InvalidThrottleConfigurationException;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * The rates that are configured under {@code throttle.rates}.
 */
final class ConfiguredRates {

	private static final String PREFIX = "throttle.rates";

	private static final ConfigurationPropertyName PREFIX_NAME = ConfigurationPropertyName.of(PREFIX);

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
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				checkSpellings(iterable.stream().filter(PREFIX_NAME::isAncestorOf));
			}
		}
		Rates rates = Rates.none();
		for (Map.Entry<String, String> entry : bind(this.environment).entrySet()) {
			List<Rate> parsed = parse(entry.getKey(), entry.getValue());
			if (rates.policies(canonical(entry.getKey())).isEmpty()) {
				rates = rates.with(entry.getKey(), parsed);
			}
		}
		return rates;
	}

	private static void checkSpellings(Stream<ConfigurationPropertyName> names) {
		Map<String, String> spellings = new HashMap<>();
		names.forEach((name) -> {
			if (name.isNumericIndex(name.getNumberOfElements() - 1)) {
				throw new InvalidThrottleConfigurationException("The property '" + name.getParent() + "' is a list.",
						"Write several rates of a scope as one text, such as '60/min, 1000/day'.");
			}
			String scope = scope(name);
			String other = spellings.putIfAbsent(loosely(scope), scope);
			if (other != null && !other.equals(scope)) {
				throw new InvalidThrottleConfigurationException("The properties '" + PREFIX + "." + other + "' and '"
						+ PREFIX + "." + scope + "' are two spellings of one scope.", "Remove one of them.");
			}
		});
	}

	private static String scope(ConfigurationPropertyName name) {
		return IntStream.range(PREFIX_NAME.getNumberOfElements(), name.getNumberOfElements())
			.mapToObj((index) -> name.getElement(index, Form.ORIGINAL))
			.collect(Collectors.joining("."));
	}

	private static String canonical(String scope) {
		try {
			return Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + PREFIX + "." + scope + "' names '" + scope + "', which cannot be a scope.",
					"Write a scope of letters and digits, separated by '-', '_' or '.'.");
		}
	}

	private static List<Rate> parse(String scope, String rates) {
		if (rates.contains("${")) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + PREFIX + "." + scope + "' has a placeholder that cannot be resolved: '" + rates
							+ "'.",
					"Set that property, or give a default after a colon, as in '${uploads.rate:20/day}'.");
		}
		try {
			return Rate.parseAll(rates);
		}
		catch (InvalidRateException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + PREFIX + "." + scope + "' is '" + ex.getText()
							+ "', which is not a rate. At column " + ex.getColumn() + ": " + ex.getReason() + ".",
					"Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
		}
	}

}
