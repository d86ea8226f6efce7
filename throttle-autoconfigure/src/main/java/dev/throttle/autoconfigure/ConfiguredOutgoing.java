package dev.throttle.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.Rates;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.http.OutgoingLimits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * The limits of calls that go out, under {@code throttle.outgoing}. The name of each is a
 * scope that nothing else counts under.
 */
final class ConfiguredOutgoing {

	/** What may be set under {@code throttle.scopes} for them, too. */
	private static final Set<String> OF_SCOPE = Set.of("shadow", "shadow-rate", "zone");

	private final Map<String, OutgoingProperties> limits;

	ConfiguredOutgoing(Map<String, OutgoingProperties> limits) {
		this.limits = limits;
	}

	/**
	 * Return the scopes.
	 * @throws InvalidThrottleConfigurationException if a name is not a valid scope, or
	 * two are the same
	 */
	Collection<Scope> scopes() {
		Map<Scope, Scope> scopes = new LinkedHashMap<>();
		this.limits.keySet().forEach((name) -> {
			Scope scope = ConfiguredScopes.scope(name, PropertyNames.ofOutgoing(name, "rate"));
			Scope other = scopes.putIfAbsent(scope, scope);
			if (other != null) {
				throw new InvalidThrottleConfigurationException(Mistake.TWO_SPELLINGS,
						"The properties '" + PropertyNames.ofOutgoing(other.name(), "*") + "' and '"
								+ PropertyNames.ofOutgoing(name, "*") + "' are two spellings of one scope.",
						"Use the same spelling in both.");
			}
		});
		return scopes.values();
	}

	/**
	 * Return how calls are decided while the store does not; null if that is not set.
	 */
	@Nullable OnFailure onFailure(Scope scope) {
		return this.limits.entrySet()
			.stream()
			.filter((limit) -> ConfiguredScopes.key(limit.getKey()).equals(scope.key()))
			.map((limit) -> limit.getValue().getOnFailure())
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return the names of the properties of each scope, its rate first.
	 */
	Map<Scope, List<String>> properties() {
		Map<Scope, List<String>> names = new LinkedHashMap<>();
		scopes().forEach(
				(scope) -> names.put(scope, new ArrayList<>(List.of(PropertyNames.ofOutgoing(scope.name(), "rate")))));
		return names;
	}

	/**
	 * Add the rates.
	 * @param others the properties of all other scopes
	 * @throws InvalidThrottleConfigurationException if a rate is missing or not valid, or
	 * its scope has others
	 */
	Rates addTo(Rates rates, Map<Scope, List<String>> others) {
		Rates added = rates;
		for (Scope scope : scopes()) {
			String property = PropertyNames.ofOutgoing(scope.name(), "rate");
			others.getOrDefault(scope, List.of()).stream().filter(ConfiguredOutgoing::isOfOthers).forEach((other) -> {
				throw new InvalidThrottleConfigurationException(Mistake.OUTGOING_SCOPE,
						"The property '" + other + "' is set, but '" + scope
								+ "' is an outgoing limit, which counts calls that go out and nothing else.",
						"Remove the property, or rename the outgoing limit.");
			});
			String value = limit(scope).getRate();
			if (value == null) {
				throw new InvalidThrottleConfigurationException(Mistake.MISSING_PROPERTY,
						"The property '" + property + "' is missing.",
						"Set it to a rate such as '5000/hour', or to '" + Rates.UNLIMITED + "' for no limit.");
			}
			List<Rate> parsed = ConfiguredScopes.parse(property, value);
			if (parsed.stream().anyMatch(Rate::isInBytes)) {
				throw new InvalidThrottleConfigurationException(Mistake.INVALID_RATE,
						"The property '" + property + "' is '" + value
								+ "', which is in bytes, but an outgoing limit counts calls.",
						"Write a rate such as '5000/hour'.");
			}
			added = ConfiguredScopes.set(property, added, scope, parsed, Rates::with);
		}
		return added;
	}

	private static boolean isOfOthers(String property) {
		return OF_SCOPE.stream().noneMatch((name) -> property.endsWith("." + name));
	}

	private OutgoingProperties limit(Scope scope) {
		return this.limits.getOrDefault(scope.name(), new OutgoingProperties());
	}

	/**
	 * Check that no plan has a rate for one of the scopes: all calls are those of one
	 * client.
	 */
	Rates checkPlans(Rates rates) {
		for (PlanRates plan : rates.plans()) {
			for (Scope scope : scopes()) {
				if (plan.policies().containsKey(scope)) {
					throw new InvalidThrottleConfigurationException(Mistake.OUTGOING_SCOPE,
							"The property '" + PropertyNames.ofPlan(plan.name(), "rates." + scope) + "' is set, but '"
									+ scope + "' is an outgoing limit, which has one rate for all calls.",
							"Remove the property, or change '" + PropertyNames.ofOutgoing(scope.name(), "rate") + "'.");
				}
			}
		}
		return rates;
	}

	/**
	 * Add the limits to a builder.
	 * @throws InvalidThrottleConfigurationException if a host is missing or not valid, or
	 * a wait is out of range
	 */
	OutgoingLimits.Builder addTo(OutgoingLimits.Builder builder) {
		for (Scope scope : scopes()) {
			OutgoingProperties limit = limit(scope);
			Duration maxWait = limit.getMaxWait();
			if (maxWait.isNegative() || maxWait.compareTo(OutgoingLimits.LONGEST_WAIT) > 0) {
				throw invalid(scope, "max-wait", DurationStyle.SIMPLE.print(maxWait), "it must be from zero to one day",
						"Set it to a duration such as '2s', or to '0' if calls must not wait.");
			}
			if (limit.getHost().isEmpty()) {
				throw new InvalidThrottleConfigurationException(Mistake.MISSING_PROPERTY,
						"The property '" + PropertyNames.ofOutgoing(scope.name(), "host") + "' is missing.",
						"Set it to the name of a host, such as 'api.example.com', or to several.");
			}
			try {
				builder.limit(scope, limit.getHost(), maxWait);
			}
			catch (IllegalArgumentException ex) {
				throw invalid(scope, "host", String.join(", ", limit.getHost()), String.valueOf(ex.getMessage()),
						"Write each host once, and without a scheme, port or path, such as 'api.example.com', or '*.example.com' for all its subdomains. One limit may have several rates, such as '100/min, 5000/hour'.");
			}
		}
		return builder;
	}

	private static InvalidThrottleConfigurationException invalid(Scope scope, String property, String value,
			String reason, String action) {
		return new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE, "The property '"
				+ PropertyNames.ofOutgoing(scope.name(), property) + "' is '" + value + "', but " + reason + ".",
				action);
	}

}
