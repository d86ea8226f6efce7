package dev.throttle.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

import dev.throttle.Policy;
import dev.throttle.Scope;
import dev.throttle.backend.redis.OnFailure;
import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.InvalidThrottleConfigurationException;

/**
 * What is answered for a policy while Redis does not decide: as its scope says, else as
 * all others.
 */
final class OnFailureByScope implements Function<Policy, OnFailure> {

	private final OnFailure others;

	private final Map<String, OnFailure> byScope = new HashMap<>();

	private final RateRegistry rates;

	/**
	 * Create the answers, of two spellings of a scope the one with the higher precedence.
	 */
	OnFailureByScope(OnFailure others, Map<String, OnFailure> byScope, RateRegistry rates) {
		this.others = others;
		byScope.forEach((scope, onFailure) -> this.byScope.putIfAbsent(canonical(scope), onFailure));
		this.rates = rates;
	}

	private static String canonical(String scope) {
		try {
			return Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property 'throttle.redis.on-failure-by-scope." + scope + "' names '" + scope
							+ "', which cannot be a scope.",
					"Write a scope of letters and digits, separated by '-', '_' or '.'.");
		}
	}

	@Override
	public OnFailure apply(Policy policy) {
		return this.byScope.isEmpty() ? this.others : this.byScope.getOrDefault(scope(policy), this.others);
	}

	/**
	 * Return the scope of a policy, which is its name without the period that
	 * {@link Policy#ofScope} adds to all but a scope's first.
	 */
	private String scope(Policy policy) {
		String key = Scope.canonical(policy.name());
		String rate = policy.rate().toString();
		String period = Scope.canonical(rate.substring(rate.indexOf('/') + 1));
		boolean isScope = this.byScope.containsKey(key) || !this.rates.rates().policies(key).isEmpty();
		return (!isScope && key.endsWith(period)) ? key.substring(0, key.length() - period.length()) : key;
	}

}
