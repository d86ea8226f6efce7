package dev.throttle.autoconfigure;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.engine.RateRules;
import dev.throttle.engine.Rates;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;

/**
 * The configuration of each scope under {@code throttle.rates}, {@code throttle.scopes}
 * and {@code throttle.outgoing}. If a scope is spelled in two ways, or its rate is set by
 * both properties, the one with the higher precedence wins.
 */
final class ConfiguredScopes {

	private static final Logger logger = LoggerFactory.getLogger(ConfiguredScopes.class);

	private final Environment environment;

	private final OnFailure onFailure;

	private final ZoneId zone;

	private final ConfiguredPlans plans;

	private final ConfiguredOutgoing outgoing;

	/** The values of {@code throttle.rates}, by the key of the scope. */
	private final Map<String, String> rates = new HashMap<>();

	/** The values under {@code throttle.scopes}, by the key of the scope. */
	private final Map<String, ScopeProperties> scopes = new LinkedHashMap<>();

	/** The spelling of the scopes under {@code throttle.scopes}, by their key. */
	private final Map<String, String> spellings = new HashMap<>();

	ConfiguredScopes(ThrottleProperties properties, Environment environment) {
		this.environment = environment;
		this.onFailure = properties.getOnFailure();
		this.zone = properties.getCalendarZone();
		this.plans = new ConfiguredPlans(properties, environment);
		this.outgoing = new ConfiguredOutgoing(properties.getOutgoing());
		properties.getRates().forEach((scope, rate) -> this.rates.putIfAbsent(key(scope), rate));
		properties.getScopes().forEach((scope, configured) -> {
			this.scopes.merge(key(scope), configured, ScopeProperties::over);
			this.spellings.putIfAbsent(key(scope), scope);
		});
	}

	/**
	 * Return the {@linkplain Scope#key() key} of a scope, even of an invalid one.
	 */
	static String key(String scope) {
		return scope.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return whether the rate of a scope is configured, if only as unlimited: its
	 * throttle can then be named.
	 */
	boolean hasRate(String scope) {
		ScopeProperties properties = this.scopes.get(key(scope));
		return this.rates.containsKey(key(scope)) || properties != null && properties.getRate() != null;
	}

	/**
	 * Return how requests of a scope are answered while the store does not decide.
	 */
	OnFailure onFailure(Scope scope) {
		ScopeProperties properties = this.scopes.get(scope.key());
		OnFailure own = (properties != null && properties.getOnFailure() != null) ? properties.getOnFailure()
				: this.outgoing.onFailure(scope);
		return (own != null) ? own : this.onFailure;
	}

	/**
	 * Return the keys of the scopes that the headers leave out.
	 */
	Set<String> withoutHeaders() {
		return this.scopes.entrySet()
			.stream()
			.filter((scope) -> Boolean.FALSE.equals(scope.getValue().getHeaders()))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	/**
	 * Return the scopes that are declared as counted in code.
	 * @throws InvalidThrottleConfigurationException if a scope is not valid
	 */
	Set<Scope> inCode() {
		Set<Scope> inCode = new HashSet<>();
		this.scopes.forEach((key, properties) -> {
			if (Boolean.TRUE.equals(properties.getInCode())) {
				inCode.add(scope(spelling(key), PropertyNames.ofScope(spelling(key), "in-code")));
			}
		});
		return inCode;
	}

	/**
	 * Return what the requests of each scope take.
	 */
	ScopeCosts costs() {
		Map<String, ScopeProperties> named = new LinkedHashMap<>();
		this.scopes.forEach((key, properties) -> named.put(spelling(key), properties));
		return new ScopeCosts(named);
	}

	/**
	 * Return the plans.
	 */
	ConfiguredPlans plans() {
		return this.plans;
	}

	/**
	 * Return the limits of calls that go out.
	 */
	ConfiguredOutgoing outgoing() {
		return this.outgoing;
	}

	/**
	 * Return the names of the configured properties of each scope, its rate first,
	 * spelled as they are configured.
	 */
	Map<Scope, List<String>> properties() {
		return properties(this.outgoing.properties());
	}

	private Map<Scope, List<String>> properties(Map<Scope, List<String>> names) {
		Map<String, RateProperty> rated = RateProperty.find(this.environment);
		rated.values().forEach((rate) -> names.put(Scope.of(rate.scope()), new ArrayList<>(List.of(rate.name()))));
		this.scopes.forEach((key, properties) -> {
			String scope = spelling(key);
			List<String> others = names.computeIfAbsent(Scope.of(scope), (added) -> new ArrayList<>());
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
		values.put("count-status", properties.getCountStatus());
		values.put("cost", properties.getCost());
		values.put("reserve", properties.getReserve());
		values.put("zone", properties.getZone());
		values.put("in-code", properties.getInCode());
		return values.entrySet().stream().filter((value) -> value.getValue() != null).map(Map.Entry::getKey).toList();
	}

	private String spelling(String key) {
		return this.spellings.getOrDefault(key, key);
	}

	/**
	 * Return what the rates count.
	 * @throws InvalidThrottleConfigurationException if a scope or its reserve is not
	 * valid
	 */
	RateRules rules() {
		return new RateRules(costs().byteScopes().reserved(), this.zone, zones());
	}

	/**
	 * Return the rates, with those of plans. An empty value and {@code unlimited} remove
	 * a rate that a source with lower precedence sets.
	 * @throws InvalidThrottleConfigurationException if a scope or a rate is not valid, or
	 * if one property source sets the rate of a scope twice
	 */
	Rates rates() {
		return rates(rules());
	}

	/**
	 * Return the rates as {@link #rates()} does.
	 * @param rules what the rates count
	 */
	Rates rates(RateRules rules) {
		Rates rates = Rates.none(rules);
		for (Map.Entry<String, RateProperty> entry : RateProperty.find(this.environment).entrySet()) {
			RateProperty property = entry.getValue();
			Scope scope = scope(property.scope(), property.name());
			String value = value(entry.getKey(), property);
			if (value != null) {
				rates = set(property.name(), rates, scope, parse(property.name(), value), Rates::with);
			}
		}
		List<Scope> shadows = new ArrayList<>();
		for (Map.Entry<String, ScopeProperties> entry : this.scopes.entrySet()) {
			String name = spelling(entry.getKey());
			for (String property : otherProperties(entry.getValue())) {
				scope(name, PropertyNames.ofScope(name, property));
			}
			List<Rate> shadowRates = shadowRates(name, entry.getValue());
			if (!shadowRates.isEmpty()) {
				rates = set(PropertyNames.ofScope(name, "shadow-rate"), rates, Scope.of(name), shadowRates,
						Rates::withShadowRates);
			}
			if (Boolean.TRUE.equals(entry.getValue().getShadow())) {
				shadows.add(Scope.of(name));
			}
		}
		rates = this.outgoing.addTo(rates, properties(new LinkedHashMap<>()));
		return this.outgoing.checkPlans(this.plans.addTo(rates.withShadowScopes(shadows)));
	}

	private Map<Scope, ZoneId> zones() {
		Map<Scope, ZoneId> zones = new HashMap<>();
		this.scopes.forEach((key, properties) -> {
			if (properties.getZone() != null) {
				zones.put(scope(spelling(key), PropertyNames.ofScope(spelling(key), "zone")), properties.getZone());
			}
		});
		return zones;
	}

	static Rates set(String property, Rates rates, Scope scope, List<Rate> ofScope, RateChange change) {
		try {
			return change.apply(rates, scope, ofScope);
		}
		catch (IllegalArgumentException ex) {
			throw InvalidThrottleConfigurationException.of(Mistake.INVALID_RATE,
					"The property '" + property + "' is not valid. ", ex, "Correct the rate.");
		}
	}

	private @Nullable String value(String key, RateProperty property) {
		ScopeProperties properties = this.scopes.get(key);
		return (property.isShort() || properties == null) ? this.rates.get(key) : properties.getRate();
	}

	private static List<Rate> shadowRates(String scope, ScopeProperties properties) {
		String rate = properties.getShadowRate();
		List<Rate> rates = (rate != null) ? parse(PropertyNames.ofScope(scope, "shadow-rate"), rate) : List.of();
		if (!rates.isEmpty() && Boolean.TRUE.equals(properties.getShadow())) {
			throw new InvalidThrottleConfigurationException(Mistake.CONTRADICTORY_PROPERTIES,
					"Both '" + PropertyNames.ofScope(scope, "shadow") + "' and '"
							+ PropertyNames.ofScope(scope, "shadow-rate")
							+ "' are set, but a scope whose rate is not enforced cannot have a second shadow rate.",
					"Remove '" + PropertyNames.ofScope(scope, "shadow")
							+ "' to enforce the rate of the scope, or remove '"
							+ PropertyNames.ofScope(scope, "shadow-rate") + "'.");
		}
		return rates;
	}

	/**
	 * Return the rates while throttling is off. An invalid one is only logged.
	 */
	Rates uncheckedRates() {
		try {
			return rates();
		}
		catch (InvalidThrottleConfigurationException ex) {
			logger.warn(
					"Ignoring all rates because throttling is off. If it were on, the application would not start: {}",
					ex.getMessage());
			return Rates.none();
		}
	}

	/**
	 * Return a scope that a property names.
	 * @throws InvalidThrottleConfigurationException if the name is not valid
	 */
	static Scope scope(String name, String property) {
		try {
			return Scope.of(name);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_NAME,
					"The property '" + property + "' names '" + name + "', which is not a valid scope.",
					"Use letters and digits, separated by '-', '_' or '.'.");
		}
	}

	/**
	 * Return the rates in the value of a property, none for no limit.
	 * @throws InvalidThrottleConfigurationException if it is not valid
	 */
	static List<Rate> parse(String property, String rates) {
		if (rates.contains("${")) {
			throw new InvalidThrottleConfigurationException(Mistake.UNRESOLVED_PLACEHOLDER,
					"The property '" + property + "' has a placeholder that cannot be resolved: '" + rates + "'.",
					"Set the property that the placeholder names, or add a default after a colon, as in '${uploads.rate:20/day}'.");
		}
		if (Rates.isUnlimited(rates)) {
			return List.of();
		}
		try {
			return Rate.parseAll(rates);
		}
		catch (InvalidRateException ex) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_RATE,
					"The property '" + property + "' is '" + ex.getText() + "', which is not a rate. At column "
							+ ex.getColumn() + ": " + ex.getReason() + ".",
					"Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
		}
	}

	/**
	 * Sets rates of a scope.
	 */
	@FunctionalInterface
	interface RateChange {

		Rates apply(Rates rates, Scope scope, List<Rate> ofScope);

	}

}
