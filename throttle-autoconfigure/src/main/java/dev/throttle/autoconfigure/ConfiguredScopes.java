package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.Scope;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;

/**
 * What is configured for each scope, under {@code throttle.rates} and
 * {@code throttle.scopes}. Of two spellings of a scope the one with the higher precedence
 * counts, and likewise of the two properties for its rate.
 */
final class ConfiguredScopes {

	private static final Logger logger = LoggerFactory.getLogger(ConfiguredScopes.class);

	private final Environment environment;

	private final OnFailure onFailure;

	/** The values of {@code throttle.rates}, by canonical scope. */
	private final Map<String, String> rates = new HashMap<>();

	/** What stands under {@code throttle.scopes}, by canonical scope. */
	private final Map<String, ScopeProperties> scopes = new LinkedHashMap<>();

	/** The spelling of the scopes under {@code throttle.scopes}, by canonical scope. */
	private final Map<String, String> spellings = new HashMap<>();

	ConfiguredScopes(ThrottleProperties properties, Environment environment) {
		this.environment = environment;
		this.onFailure = properties.getOnFailure();
		properties.getRates().forEach((scope, rate) -> this.rates.putIfAbsent(loosely(scope), rate));
		properties.getScopes().forEach((scope, configured) -> {
			this.scopes.merge(loosely(scope), configured, ScopeProperties::over);
			this.spellings.putIfAbsent(loosely(scope), scope);
		});
	}

	/**
	 * Return the canonical form of what may not be a scope.
	 */
	static String loosely(String scope) {
		return scope.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return whether a scope has a rate, or one that was taken away, so that its throttle
	 * can still be named.
	 */
	boolean haveRate(String scope) {
		ScopeProperties properties = this.scopes.get(loosely(scope));
		return this.rates.containsKey(loosely(scope)) || properties != null && properties.getRate() != null;
	}

	/**
	 * Return what is answered for a scope while the store does not decide.
	 */
	OnFailure onFailure(String scope) {
		ScopeProperties properties = this.scopes.get(loosely(scope));
		OnFailure own = (properties != null) ? properties.getOnFailure() : null;
		return (own != null) ? own : this.onFailure;
	}

	/**
	 * Return the scopes that clients do not see in headers, in their canonical form.
	 */
	Set<String> withoutHeaders() {
		return this.scopes.entrySet()
			.stream()
			.filter((scope) -> Boolean.FALSE.equals(scope.getValue().getHeaders()))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	/**
	 * Return the names of the properties of each scope, as they are spelled, that of its
	 * rate first.
	 */
	Map<String, List<String>> properties() {
		Map<String, List<String>> names = new LinkedHashMap<>();
		Map<String, RateProperty> rated = RateProperty.find(this.environment);
		rated.values().forEach((rate) -> names.put(rate.scope(), new ArrayList<>(List.of(rate.name()))));
		this.scopes.forEach((canonical, properties) -> {
			String scope = spelling(canonical);
			RateProperty rate = rated.get(canonical);
			List<String> others = names.computeIfAbsent((rate != null) ? rate.scope() : scope,
					(key) -> new ArrayList<>());
			otherProperties(properties).forEach((name) -> others.add(PropertyNames.ofScope(scope, name)));
		});
		names.values().removeIf(List::isEmpty);
		return names;
	}

	private static List<String> otherProperties(ScopeProperties properties) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("shadow", properties.getShadow());
		values.put("shadow-rate", properties.getShadowRate());
		values.put("on-failure", properties.getOnFailure());
		values.put("headers", properties.getHeaders());
		return values.entrySet().stream().filter((value) -> value.getValue() != null).map(Map.Entry::getKey).toList();
	}

	private String spelling(String canonical) {
		return this.spellings.getOrDefault(canonical, canonical);
	}

	/**
	 * Return the rates. An empty value and {@code unlimited} take away the rate that a
	 * source with lower precedence gives.
	 * @throws InvalidThrottleConfigurationException if a scope or a rate is not one, or
	 * one property source gives a scope two rates
	 */
	Rates rates() {
		Rates rates = Rates.none();
		for (Map.Entry<String, RateProperty> entry : RateProperty.find(this.environment).entrySet()) {
			RateProperty property = entry.getValue();
			check(property.scope(), property.name());
			String value = value(entry.getKey(), property);
			if (value != null) {
				List<Rate> parsed = parse(property.name(), value);
				rates = parsed.isEmpty() ? rates.withUnlimited(property.scope()) : rates.with(property.scope(), parsed);
			}
		}
		List<String> shadows = new ArrayList<>();
		for (Map.Entry<String, ScopeProperties> entry : this.scopes.entrySet()) {
			String scope = spelling(entry.getKey());
			otherProperties(entry.getValue()).forEach((name) -> check(scope, PropertyNames.ofScope(scope, name)));
			List<Rate> shadowRates = shadowRates(scope, entry.getValue());
			if (!shadowRates.isEmpty()) {
				rates = rates.withShadowRates(scope, shadowRates);
			}
			if (Boolean.TRUE.equals(entry.getValue().getShadow())) {
				shadows.add(scope);
			}
		}
		return rates.withShadowScopes(shadows);
	}

	private @Nullable String value(String canonical, RateProperty property) {
		ScopeProperties properties = this.scopes.get(canonical);
		return (property.isShort() || properties == null) ? this.rates.get(canonical) : properties.getRate();
	}

	private static List<Rate> shadowRates(String scope, ScopeProperties properties) {
		String rate = properties.getShadowRate();
		List<Rate> rates = (rate != null) ? parse(PropertyNames.ofScope(scope, "shadow-rate"), rate) : List.of();
		if (!rates.isEmpty() && Boolean.TRUE.equals(properties.getShadow())) {
			throw new InvalidThrottleConfigurationException(
					"Both '" + PropertyNames.ofScope(scope, "shadow") + "' and '"
							+ PropertyNames.ofScope(scope, "shadow-rate")
							+ "' are set, but a rate that is only measured cannot have another one measured beside it.",
					"Remove '" + PropertyNames.ofScope(scope, "shadow")
							+ "' to enforce the rate of the scope, or remove '"
							+ PropertyNames.ofScope(scope, "shadow-rate") + "'.");
		}
		return rates;
	}

	/**
	 * Return the rates where they limit nothing, so that one that is none does not
	 * matter.
	 */
	Rates uncheckedRates() {
		try {
			return rates();
		}
		catch (InvalidThrottleConfigurationException ex) {
			logger.warn(
					"While throttling is off there are no rates, and switched on the application would not start: {}",
					ex.getMessage());
			return Rates.none();
		}
	}

	private static void check(String scope, String property) {
		try {
			Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + property + "' names '" + scope + "', which cannot be a scope.",
					"Write a scope of letters and digits, separated by '-', '_' or '.'.");
		}
	}

	private static List<Rate> parse(String property, String rates) {
		if (rates.contains("${")) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + property + "' has a placeholder that cannot be resolved: '" + rates + "'.",
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
					"The property '" + property + "' is '" + ex.getText() + "', which is not a rate. At column "
							+ ex.getColumn() + ": " + ex.getReason() + ".",
					"Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
		}
	}

}
