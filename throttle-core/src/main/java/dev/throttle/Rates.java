package dev.throttle;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rates of all scopes at one moment. Immutable: a change makes a new one, so that a
 * request sees either the old rates or the new ones.
 *
 * @since 1.0.0
 */
public final class Rates {

	private static final Rates NONE = new Rates(Map.of());

	private final Map<String, List<Policy>> policiesByScope;

	private Rates(Map<String, List<Policy>> policiesByScope) {
		this.policiesByScope = policiesByScope;
	}

	/**
	 * Return rates in which no scope has one.
	 * @return no rates
	 */
	public static Rates none() {
		return NONE;
	}

	/**
	 * Return the rates of some scopes. Where two keys are spellings of one scope, the
	 * first counts.
	 * @param ratesByScope the texts that {@link Rate#parseAll(String)} understands, by
	 * scope
	 * @return the rates
	 * @throws InvalidRateException if a text is not a rate
	 * @throws IllegalArgumentException if a key is not of the form of a scope
	 */
	public static Rates of(Map<String, String> ratesByScope) {
		Map<String, List<Policy>> policiesByScope = new LinkedHashMap<>();
		ratesByScope.forEach((scope, rates) -> policiesByScope.putIfAbsent(Scope.canonical(scope),
				Policy.ofScope(scope, Rate.parseAll(rates))));
		return new Rates(policiesByScope);
	}

	/**
	 * Return these rates with those of one scope added or replaced.
	 * @param scope the scope, in any spelling
	 * @param rates the scope's rates, no two with the same period; none for no limit
	 * @return the new rates
	 * @throws IllegalArgumentException if two of the rates have the same period
	 */
	public Rates with(String scope, List<Rate> rates) {
		Map<String, List<Policy>> changed = new LinkedHashMap<>(this.policiesByScope);
		String key = Scope.canonical(scope);
		List<Policy> present = changed.get(key);
		if (rates.isEmpty()) {
			changed.remove(key);
		}
		else {
			changed.put(key, Policy.ofScope((present != null) ? present.get(0).name() : scope, rates));
		}
		return new Rates(changed);
	}

	/**
	 * Return the policies of a scope.
	 * @param scope the scope, in any spelling; its canonical form is found fastest
	 * @return the policies, empty where the scope has no rate
	 */
	public List<Policy> policies(String scope) {
		List<Policy> policies = this.policiesByScope.get(scope);
		return (policies != null) ? policies : this.policiesByScope.getOrDefault(Scope.canonical(scope), List.of());
	}

	/**
	 * Return the policies of all scopes, by the scopes' canonical form.
	 * @return the policies, unmodifiable, in the order in which the scopes were given
	 */
	public Map<String, List<Policy>> asMap() {
		return Collections.unmodifiableMap(this.policiesByScope);
	}

	@Override
	public String toString() {
		return this.policiesByScope.values().toString();
	}

}
