package dev.throttle.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

import dev.throttle.Policy;
import dev.throttle.Scope;
import dev.throttle.backend.redis.OnFailure;
import dev.throttle.handler.InvalidThrottleConfigurationException;

/**
 * What is answered for a policy while Redis does not decide: as its scope says, else as
 * all others.
 */
final class OnFailureByScope implements Function<Policy, OnFailure> {

	private final OnFailure others;

	private final Map<String, OnFailure> byScope = new HashMap<>();

	/**
	 * Create the answers, of two spellings of a scope the one with the higher precedence.
	 */
	OnFailureByScope(OnFailure others, Map<String, OnFailure> byScope) {
		this.others = others;
		byScope.forEach((scope, onFailure) -> this.byScope.putIfAbsent(canonical(scope), onFailure));
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
		return this.byScope.isEmpty() ? this.others
				: this.byScope.getOrDefault(Scope.canonical(policy.scope()), this.others);
	}

}
