package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import org.jspecify.annotations.Nullable;

/**
 * The rates of all scopes: those that are enforced, and shadow rates, which are decided
 * and measured but not enforced. Immutable: a change makes a new instance, so that a
 * request sees either the old rates or the new ones.
 *
 * @since 1.0.0
 */
public final class Rates {

	/**
	 * The text for no limit, in place of a rate.
	 */
	public static final String UNLIMITED = "unlimited";

	private static final Rates NONE = countingBytes(Map.of());

	/** The policies as they are configured. */
	private final Map<Scope, List<Policy>> given;

	private final Set<Scope> shadowScopes;

	/** The additional shadow policies of a scope. */
	private final Map<Scope, List<Policy>> candidates;

	private final Set<Scope> unlimited;

	/** What a request of unknown size reserves, by the scopes that count bytes. */
	private final Map<Scope, Long> reservedBytes;

	/** The policies as they are counted. */
	private final Map<Scope, List<Policy>> policiesByScope = new LinkedHashMap<>();

	private final Map<Scope, Counted> countedByScope = new HashMap<>();

	private Rates(Map<Scope, List<Policy>> given, Set<Scope> shadowScopes, Map<Scope, List<Policy>> candidates,
			Set<Scope> unlimited, Map<Scope, Long> reservedBytes) {
		this.given = given;
		this.shadowScopes = shadowScopes;
		this.candidates = candidates;
		this.unlimited = unlimited;
		this.reservedBytes = reservedBytes;
		given.forEach((scope, policies) -> this.policiesByScope.put(scope, asCounted(scope, policies)));
		this.policiesByScope.forEach((scope, policies) -> this.countedByScope.put(scope, Counted.of(policies)));
	}

	/**
	 * Return an instance without rates.
	 * @return no rates
	 */
	public static Rates none() {
		return NONE;
	}

	/**
	 * Return an instance without rates in which some scopes count bytes. The rates of
	 * these scopes are in bytes, even if they are written without a unit.
	 * @param reservedBytes how many bytes a request reserves if its size is not known, by
	 * scope
	 * @return no rates
	 */
	public static Rates countingBytes(Map<Scope, Long> reservedBytes) {
		return new Rates(Map.of(), Set.of(), Map.of(), Set.of(), Map.copyOf(reservedBytes));
	}

	/**
	 * Return the rates of some scopes. If two keys are spellings of one scope, the first
	 * one is used.
	 * @param ratesByScope the rates by scope, in the form that
	 * {@link Rate#parseAll(String)} reads
	 * @return the rates
	 * @throws InvalidRateException if a text is not a rate
	 * @throws IllegalArgumentException if a key is not a valid scope, or a rate is in
	 * bytes
	 */
	public static Rates of(Map<String, String> ratesByScope) {
		Map<Scope, List<Policy>> given = new LinkedHashMap<>();
		ratesByScope.forEach((name, rates) -> {
			Scope scope = Scope.of(name);
			given.putIfAbsent(scope, Policy.ofScope(scope, NONE.inUnitOf(scope, Rate.parseAll(rates))));
		});
		return new Rates(given, Set.of(), Map.of(), Set.of(), Map.of());
	}

	/**
	 * Return these rates with those of one scope added or replaced.
	 * @param scope the scope
	 * @param rates the scope's rates, no two with the same period; empty for no limit,
	 * even if a throttle or a handler defines a rate for the scope
	 * @return the new rates
	 * @throws IllegalArgumentException if two of the rates have the same period, or one
	 * does not suit what the scope counts
	 */
	public Rates with(Scope scope, List<Rate> rates) {
		Scope known = known(scope);
		Map<Scope, List<Policy>> changed = new LinkedHashMap<>(this.given);
		Set<Scope> unlimited = new LinkedHashSet<>(this.unlimited);
		if (rates.isEmpty()) {
			changed.remove(known);
			unlimited.add(known);
		}
		else {
			changed.put(known, Policy.ofScope(known, inUnitOf(known, rates)));
			unlimited.remove(known);
		}
		return new Rates(changed, this.shadowScopes, this.candidates, unlimited, this.reservedBytes);
	}

	/**
	 * Return rates of a scope in bytes if it counts those.
	 * @throws IllegalArgumentException if a rate is in bytes but the scope counts
	 * requests, or if a limit is below what a request reserves
	 */
	List<Rate> inUnitOf(Scope scope, List<Rate> rates) {
		Long reserved = this.reservedBytes.get(scope);
		List<Rate> inUnit = new ArrayList<>(rates.size());
		for (Rate rate : rates) {
			if (reserved == null && rate.isInBytes()) {
				throw new IllegalArgumentException("The rate '" + rate + "' is in bytes, but the scope '" + scope
						+ "' counts requests; write a number without a unit, or set 'throttle.scopes." + scope
						+ ".cost' to 'request-bytes' or 'response-bytes'");
			}
			if (reserved != null && rate.limit() > 0 && rate.limit() < reserved) {
				throw new IllegalArgumentException(
						"The rate '" + rate.inBytes() + "' never allows a request whose size is not known: it reserves "
								+ reserved + " bytes; write a higher rate, or set 'throttle.scopes." + scope
								+ ".reserve' to '" + rate.limit() + "B' or less");
			}
			inUnit.add((reserved != null) ? rate.inBytes() : rate);
		}
		return List.copyOf(inUnit);
	}

	/**
	 * Add the policies that throttles and handlers define, for scopes that have no rate
	 * here. An empty list means no limit.
	 */
	Rates withDeclared(Map<Scope, List<Policy>> declared) {
		Map<Scope, List<Policy>> changed = new LinkedHashMap<>(this.given);
		Set<Scope> unlimited = new LinkedHashSet<>(this.unlimited);
		declared.forEach((scope, policies) -> {
			if (policies.isEmpty() && !changed.containsKey(scope)) {
				unlimited.add(scope);
			}
			else if (!unlimited.contains(scope)) {
				changed.putIfAbsent(scope, policies);
			}
		});
		return new Rates(changed, this.shadowScopes, this.candidates, unlimited, this.reservedBytes);
	}

	/** Return a scope in its first spelling. */
	private Scope known(Scope scope) {
		List<Policy> present = this.given.get(scope);
		return (present != null) ? present.get(0).scope() : scope;
	}

	/**
	 * Return these rates with the rates of some scopes as shadow rates, even if they are
	 * replaced later.
	 * @param scopes all scopes whose rates are shadow rates
	 * @return the new rates
	 * @throws IllegalArgumentException if one of the scopes has an additional shadow rate
	 */
	public Rates withShadowScopes(Collection<Scope> scopes) {
		return checked(new Rates(this.given, new LinkedHashSet<>(scopes), this.candidates, this.unlimited,
				this.reservedBytes));
	}

	/**
	 * Return these rates with additional shadow rates for one scope.
	 * @param scope the scope
	 * @param rates the shadow rates, no two with the same period; empty for none
	 * @return the new rates
	 * @throws IllegalArgumentException if two of the rates have the same period, one does
	 * not suit what the scope counts, or the scope's own rates are shadow rates
	 */
	public Rates withShadowRates(Scope scope, List<Rate> rates) {
		Map<Scope, List<Policy>> changed = new LinkedHashMap<>(this.candidates);
		if (rates.isEmpty()) {
			changed.remove(scope);
		}
		else {
			changed.put(scope, shadows(Policy.ofScope(scope, inUnitOf(scope, rates))));
		}
		return checked(new Rates(this.given, this.shadowScopes, changed, this.unlimited, this.reservedBytes));
	}

	private static Rates checked(Rates rates) {
		rates.shadowScopes.forEach((scope) -> {
			if (rates.candidates.containsKey(scope)) {
				throw new IllegalArgumentException(
						"The rate of the scope '" + scope + "' is a shadow rate, so the scope cannot have another one");
			}
		});
		return rates;
	}

	/**
	 * Return a scope's policies as they are counted: none if the scope is unlimited, as
	 * shadows if its rates are shadow rates, and otherwise with the additional shadow
	 * policies.
	 */
	List<Policy> asCounted(Scope scope, List<Policy> policies) {
		if (this.unlimited.contains(scope)) {
			return List.of();
		}
		if (this.shadowScopes.contains(scope)) {
			return shadows(policies);
		}
		List<Policy> beside = this.candidates.get(scope);
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
	 * Return the policies of a scope, including {@linkplain Policy#isShadow() shadow}
	 * policies.
	 * @param scope the scope
	 * @return the policies, empty if the scope has no rate
	 */
	public List<Policy> policies(Scope scope) {
		List<Policy> policies = this.policiesByScope.get(scope);
		return (policies != null) ? policies : List.of();
	}

	/**
	 * Return the policies of a scope, as its quotas need them.
	 * @return the policies, none if the scope is unlimited, null if it has no rate
	 */
	@Nullable Counted counted(Scope scope) {
		Counted counted = this.countedByScope.get(scope);
		return (counted == null && this.unlimited.contains(scope)) ? Counted.NONE : counted;
	}

	/**
	 * Return the policies of a scope without the shadows beside them.
	 */
	List<Policy> ownPolicies(Scope scope) {
		List<Policy> policies = this.given.get(scope);
		return (policies != null) ? policies : List.of();
	}

	/**
	 * Return the policies of all scopes, including shadow policies.
	 * @return the policies by scope, unmodifiable, in the order of configuration
	 */
	public Map<Scope, List<Policy>> asMap() {
		return Collections.unmodifiableMap(this.policiesByScope);
	}

	/**
	 * Return whether a scope has a rate or is set to unlimited.
	 * @param scope the scope
	 * @return whether the scope is known
	 */
	public boolean contains(Scope scope) {
		return this.policiesByScope.containsKey(scope) || this.unlimited.contains(scope);
	}

	/**
	 * Return whether a text in place of a rate means no limit: an empty text, or
	 * {@value #UNLIMITED}.
	 * @param rate the text
	 * @return whether there is no limit
	 */
	public static boolean isUnlimited(String rate) {
		return rate.isBlank() || rate.trim().equalsIgnoreCase(UNLIMITED);
	}

	/**
	 * Return the scopes that are set to unlimited.
	 * @return the scopes, unmodifiable
	 */
	public Set<Scope> unlimitedScopes() {
		return Collections.unmodifiableSet(this.unlimited);
	}

	/**
	 * Return the scopes whose rates are shadow rates.
	 * @return the scopes, unmodifiable
	 */
	public Set<Scope> shadowScopes() {
		return Collections.unmodifiableSet(this.shadowScopes);
	}

	/**
	 * Return the additional shadow policies, including those of scopes whose rate a
	 * throttle or a handler defines.
	 * @return the policies by scope, unmodifiable
	 */
	public Map<Scope, List<Policy>> shadowRates() {
		return Collections.unmodifiableMap(this.candidates);
	}

	@Override
	public String toString() {
		return this.policiesByScope.values().toString();
	}

	/**
	 * The policies of a scope: enforced ones, and shadows, which are counted in a history
	 * of their own. Both lists are such that {@link List#copyOf} returns them as they
	 * are.
	 */
	record Counted(List<Policy> enforced, List<Policy> shadows) {

		private static final Counted NONE = new Counted(List.of(), List.of());

		Counted {
			enforced = List.copyOf(enforced);
			shadows = List.copyOf(shadows);
		}

		private static Counted of(List<Policy> policies) {
			return new Counted(policies.stream().filter((policy) -> !policy.isShadow()).toList(),
					policies.stream().filter(Policy::isShadow).toList());
		}

	}

}
