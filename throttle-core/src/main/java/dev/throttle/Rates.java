package dev.throttle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rates of all scopes at one moment, those that are enforced and the shadow ones,
 * which are decided and measured only. Immutable: a change makes a new one, so that a
 * request sees either the old rates or the new ones.
 *
 * @since 1.0.0
 */
public final class Rates {

	/**
	 * The text that stands for no limit in the place of a rate.
	 */
	public static final String UNLIMITED = "unlimited";

	private static final Rates NONE = new Rates(Map.of(), Map.of(), Map.of(), Map.of());

	/** As they are given, by canonical scope. */
	private final Map<String, List<Policy>> given;

	/** The spelling of the scopes whose rates are shadows, by their canonical form. */
	private final Map<String, String> shadowScopes;

	/** The shadow policies beside those of a scope, by canonical scope. */
	private final Map<String, List<Policy>> candidates;

	/** The spelling of the scopes that have no limit, by their canonical form. */
	private final Map<String, String> unlimited;

	/** As they count. */
	private final Map<String, List<Policy>> policiesByScope;

	private Rates(Map<String, List<Policy>> given, Map<String, String> shadowScopes,
			Map<String, List<Policy>> candidates, Map<String, String> unlimited) {
		this.given = given;
		this.shadowScopes = shadowScopes;
		this.candidates = candidates;
		this.unlimited = unlimited;
		this.policiesByScope = new LinkedHashMap<>();
		given.forEach((scope, policies) -> this.policiesByScope.put(scope, policies(scope, policies)));
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
		return new Rates(policiesByScope, Map.of(), Map.of(), Map.of());
	}

	/**
	 * Return these rates with those of one scope added or replaced.
	 * @param scope the scope, in any spelling
	 * @param rates the scope's rates, no two with the same period; none for no limit
	 * @return the new rates
	 * @throws IllegalArgumentException if two of the rates have the same period
	 */
	public Rates with(String scope, List<Rate> rates) {
		Map<String, List<Policy>> changed = new LinkedHashMap<>(this.given);
		String key = Scope.canonical(scope);
		List<Policy> present = changed.get(key);
		if (rates.isEmpty()) {
			changed.remove(key);
		}
		else {
			changed.put(key, Policy.ofScope((present != null) ? present.get(0).name() : scope, rates));
		}
		Map<String, String> unlimited = new LinkedHashMap<>(this.unlimited);
		unlimited.remove(key);
		return new Rates(changed, this.shadowScopes, this.candidates, unlimited);
	}

	/**
	 * Return these rates without any limit for one scope, also where a throttle or a
	 * handler brings its own rate for it.
	 * @param scope the scope, in any spelling
	 * @return the new rates
	 */
	public Rates withUnlimited(String scope) {
		Map<String, List<Policy>> changed = new LinkedHashMap<>(this.given);
		String key = Scope.canonical(scope);
		List<Policy> present = changed.remove(key);
		Map<String, String> unlimited = new LinkedHashMap<>(this.unlimited);
		unlimited.putIfAbsent(key, (present != null) ? present.get(0).name() : scope);
		return new Rates(changed, this.shadowScopes, this.candidates, unlimited);
	}

	/**
	 * Return these rates with those of some scopes as shadows, also when they are
	 * replaced later.
	 * @param scopes all scopes whose rates are shadows, in any spelling
	 * @return the new rates
	 * @throws IllegalArgumentException if one of the scopes has a shadow rate beside its
	 * own
	 */
	public Rates withShadowScopes(Collection<String> scopes) {
		Map<String, String> changed = new LinkedHashMap<>();
		scopes.forEach((scope) -> changed.putIfAbsent(Scope.canonical(scope), scope));
		return checked(new Rates(this.given, changed, this.candidates, this.unlimited));
	}

	/**
	 * Return these rates with shadows beside those of one scope.
	 * @param scope the scope, in any spelling
	 * @param rates the rates to try, no two with the same period; none to try no other
	 * @return the new rates
	 * @throws IllegalArgumentException if two of the rates have the same period, or the
	 * scope's own are shadows
	 */
	public Rates withShadowRates(String scope, List<Rate> rates) {
		Map<String, List<Policy>> changed = new LinkedHashMap<>(this.candidates);
		if (rates.isEmpty()) {
			changed.remove(Scope.canonical(scope));
		}
		else {
			changed.put(Scope.canonical(scope), shadows(Policy.ofScope(scope, rates)));
		}
		return checked(new Rates(this.given, this.shadowScopes, changed, this.unlimited));
	}

	private static Rates checked(Rates rates) {
		rates.shadowScopes.forEach((canonical, scope) -> {
			if (rates.candidates.containsKey(canonical)) {
				throw new IllegalArgumentException(
						"The rate of the scope '" + scope + "' is a shadow, so that it can have none beside it");
			}
		});
		return rates;
	}

	/**
	 * Return the policies that a throttle or handler brings for a scope, as they count:
	 * none where the scope is unlimited, shadows where the scope's are, and with the
	 * shadows beside them.
	 * @param scope the scope, in any spelling; its canonical form is found fastest
	 * @param policies the policies
	 * @return the policies as they count
	 */
	public List<Policy> policies(String scope, List<Policy> policies) {
		if (this.shadowScopes.isEmpty() && this.candidates.isEmpty() && this.unlimited.isEmpty()) {
			return policies;
		}
		String canonical = Scope.canonical(scope);
		if (this.unlimited.containsKey(canonical)) {
			return List.of();
		}
		if (this.shadowScopes.containsKey(canonical)) {
			return shadows(policies);
		}
		List<Policy> beside = this.candidates.get(canonical);
		if (beside == null) {
			return policies;
		}
		List<Policy> together = new ArrayList<>(policies);
		together.addAll(beside);
		return List.copyOf(together);
	}

	private static List<Policy> shadows(List<Policy> policies) {
		return policies.stream().map(Policy::asShadow).toList();
	}

	/**
	 * Return the policies of a scope, {@linkplain Policy#isShadow() shadows} too.
	 * @param scope the scope, in any spelling; its canonical form is found fastest
	 * @return the policies, empty where the scope has no rate
	 */
	public List<Policy> policies(String scope) {
		List<Policy> policies = this.policiesByScope.get(scope);
		return (policies != null) ? policies : this.policiesByScope.getOrDefault(Scope.canonical(scope), List.of());
	}

	/**
	 * Return the policies of all scopes, shadows too, by the scopes' canonical form.
	 * @return the policies, unmodifiable, in the order in which the scopes were given
	 */
	public Map<String, List<Policy>> asMap() {
		return Collections.unmodifiableMap(this.policiesByScope);
	}

	/**
	 * Return whether anything is set for a scope: a rate, or that it has no limit.
	 * @param scope the scope, in any spelling; its canonical form is found fastest
	 * @return whether there is
	 */
	public boolean contains(String scope) {
		return !policies(scope).isEmpty() || isUnlimited(scope);
	}

	/**
	 * Return whether a text in place of a rate takes the limit away: nothing, or
	 * {@value #UNLIMITED}.
	 * @param rate the text
	 * @return whether there is no limit
	 */
	public static boolean isUnlimitedText(String rate) {
		return rate.isBlank() || rate.trim().equalsIgnoreCase(UNLIMITED);
	}

	/**
	 * Return whether the limit of a scope was taken away.
	 * @param scope the scope, in any spelling
	 * @return whether it is unlimited
	 */
	public boolean isUnlimited(String scope) {
		return !this.unlimited.isEmpty() && this.unlimited.containsKey(Scope.canonical(scope));
	}

	/**
	 * Return the scopes whose limit was taken away.
	 * @return the scopes as they are spelled, unmodifiable
	 */
	public Collection<String> unlimitedScopes() {
		return Collections.unmodifiableCollection(this.unlimited.values());
	}

	/**
	 * Return the scopes whose rates are shadows.
	 * @return the scopes as they are spelled, unmodifiable
	 */
	public Collection<String> shadowScopes() {
		return Collections.unmodifiableCollection(this.shadowScopes.values());
	}

	/**
	 * Return the shadow policies beside those of their scopes, by the scopes' canonical
	 * form, also where a scope has no rate here because a throttle or a handler brings
	 * its own.
	 * @return the policies, unmodifiable
	 */
	public Map<String, List<Policy>> shadowRates() {
		return Collections.unmodifiableMap(this.candidates);
	}

	@Override
	public String toString() {
		return this.policiesByScope.values().toString();
	}

}
