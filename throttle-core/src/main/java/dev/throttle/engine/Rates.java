package dev.throttle.engine;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import org.jspecify.annotations.Nullable;

/**
 * The rates of all scopes: those that are enforced, shadow rates, which are decided and
 * measured but not enforced, and those of plans. Immutable: a change makes a new
 * instance, so that a request sees either the old rates or the new ones.
 *
 * @since 1.0.0
 */
public final class Rates {

	/**
	 * The text for no limit, in place of a rate.
	 */
	public static final String UNLIMITED = "unlimited";

	private final GivenRates given;

	/** The policies as they are counted. */
	private final Map<Scope, List<Policy>> policiesByScope = new LinkedHashMap<>();

	private final Map<Scope, CountedPolicies> countedByScope = new HashMap<>();

	/** The policies as they are counted for the clients of a plan, where they differ. */
	private final Map<String, Map<Scope, CountedPolicies>> countedByPlan = new HashMap<>();

	private final Set<Scope> scopesOfPlans = new HashSet<>();

	private Rates(GivenRates given) {
		this.given = given;
		given.policies.forEach((scope, policies) -> this.policiesByScope.put(scope, given.asCounted(scope, policies)));
		this.policiesByScope.forEach((scope, policies) -> this.countedByScope.put(scope, CountedPolicies.of(policies)));
		given.plans.forEach((key, plan) -> {
			Map<Scope, CountedPolicies> counted = new HashMap<>();
			plan.policies().forEach((scope, policies) -> counted.put(scope, counted(plan, scope, policies)));
			this.countedByPlan.put(plan.name(), counted);
			this.scopesOfPlans.addAll(counted.keySet());
		});
	}

	/**
	 * Return an instance without rates, in which all scopes count requests, in UTC.
	 * @return no rates
	 */
	public static Rates none() {
		return none(RateRules.DEFAULT);
	}

	/**
	 * Return an instance without rates.
	 * @param rules what the rates count
	 * @return no rates
	 */
	public static Rates none(RateRules rules) {
		return new Rates(new GivenRates(rules));
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
		GivenRates given = new GivenRates(RateRules.DEFAULT);
		ratesByScope.forEach((name, rates) -> {
			Scope scope = Scope.of(name);
			given.policies.putIfAbsent(scope, given.rules.policies(scope, Rate.parseAll(rates), null));
		});
		return new Rates(given);
	}

	/**
	 * Return these rates with those of one scope added or replaced.
	 * @param scope the scope
	 * @param rates the scope's rates, no two with the same window; empty for no limit,
	 * even if a throttle or a handler defines a rate for the scope
	 * @return the new rates
	 * @throws IllegalArgumentException if two of the rates have the same window, or one
	 * does not suit what the scope counts
	 */
	public Rates with(Scope scope, List<Rate> rates) {
		Scope known = this.given.spelled(scope);
		GivenRates changed = this.given.copy();
		if (rates.isEmpty()) {
			changed.policies.remove(known);
			changed.unlimited.add(known);
		}
		else {
			changed.policies.put(known, this.given.rules.policies(known, rates, null));
			changed.unlimited.remove(known);
		}
		return new Rates(changed);
	}

	/**
	 * Return what the rates count.
	 */
	RateRules rules() {
		return this.given.rules;
	}

	/**
	 * Add the policies that throttles and handlers define, for scopes that have no rate
	 * here. An empty list means no limit.
	 */
	Rates withDeclared(Map<Scope, List<Policy>> declared) {
		GivenRates changed = this.given.copy();
		declared.forEach((scope, policies) -> {
			if (policies.isEmpty() && !changed.policies.containsKey(scope)) {
				changed.unlimited.add(scope);
			}
			else if (!changed.unlimited.contains(scope)) {
				changed.policies.putIfAbsent(scope, policies);
			}
		});
		return new Rates(changed);
	}

	/**
	 * Return these rates with the rates of some scopes as shadow rates, even if they are
	 * replaced later.
	 * @param scopes all scopes whose rates are shadow rates
	 * @return the new rates
	 * @throws IllegalArgumentException if one of the scopes has an additional shadow rate
	 */
	public Rates withShadowScopes(Collection<Scope> scopes) {
		GivenRates changed = this.given.copy();
		changed.shadowScopes.clear();
		changed.shadowScopes.addAll(scopes);
		changed.checkShadows();
		return new Rates(changed);
	}

	/**
	 * Return these rates with additional shadow rates for one scope.
	 * @param scope the scope
	 * @param rates the shadow rates, no two with the same window; empty for none
	 * @return the new rates
	 * @throws IllegalArgumentException if two of the rates have the same window, one does
	 * not suit what the scope counts, or the scope's own rates are shadow rates
	 */
	public Rates withShadowRates(Scope scope, List<Rate> rates) {
		GivenRates changed = this.given.copy();
		if (rates.isEmpty()) {
			changed.candidates.remove(scope);
		}
		else {
			changed.candidates.put(scope, GivenRates.shadows(this.given.rules.policies(scope, rates, null)));
		}
		changed.checkShadows();
		return new Rates(changed);
	}

	/**
	 * Return these rates with a plan added or replaced.
	 * @param name the name of the plan, of the form of a {@linkplain Scope scope}; case
	 * and separators make no difference
	 * @param isShadow whether its rates are only measured, beside the usual ones
	 * @param rates the rates by scope; none for no limit
	 * @return the new rates
	 * @throws IllegalArgumentException if the name is not of that form, or a rate is not
	 * valid as in {@link #with(Scope, List)}
	 */
	public Rates withPlan(String name, boolean isShadow, Map<Scope, List<Rate>> rates) {
		Map<Scope, List<Policy>> policies = new LinkedHashMap<>();
		rates.forEach((scope, ofScope) -> policies.put(scope, this.given.rules.policies(scope, ofScope, name)));
		GivenRates changed = this.given.copy();
		changed.plans.put(Scope.of(name).key(), new PlanRates(name, isShadow, policies));
		return new Rates(changed);
	}

	/**
	 * Return these rates with a plan's rates of one scope added or replaced.
	 * @param plan the plan
	 * @param scope the scope
	 * @param rates the rates, no two with the same window; empty for no limit
	 * @return the new rates
	 * @throws IllegalArgumentException if there is no such plan, or a rate is not valid
	 * as in {@link #with(Scope, List)}
	 */
	Rates withPlanRate(String plan, Scope scope, List<Rate> rates) {
		PlanRates present = plan(plan);
		if (present == null) {
			throw new IllegalArgumentException("There is no plan '" + plan + "'");
		}
		GivenRates changed = this.given.copy();
		changed.plans.put(Scope.of(plan).key(),
				present.with(scope, this.given.rules.policies(scope, rates, present.name())));
		return new Rates(changed);
	}

	/**
	 * Return a scope's policies as they are counted.
	 */
	List<Policy> asCounted(Scope scope, List<Policy> policies) {
		return this.given.asCounted(scope, policies);
	}

	/**
	 * Return the policies of a plan as they are counted for its clients. Those of a
	 * shadow plan take the place of other shadows.
	 */
	private CountedPolicies counted(PlanRates plan, Scope scope, List<Policy> policies) {
		if (plan.isShadow()) {
			CountedPolicies usual = this.countedByScope.getOrDefault(scope, CountedPolicies.NONE);
			return new CountedPolicies(usual.enforced(), CountedPolicies.byHistory(GivenRates.shadows(policies)));
		}
		return CountedPolicies.of(this.given.shadowScopes.contains(scope) ? GivenRates.shadows(policies) : policies);
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
	 * Return the policies of a scope for the clients of a plan, including
	 * {@linkplain Policy#isShadow() shadow} policies.
	 * @param scope the scope
	 * @param plan the name of the plan in any spelling, null for the usual rates
	 * @return the policies, those of one history together; empty if the scope has no rate
	 */
	public List<Policy> policies(Scope scope, @Nullable String plan) {
		PlanRates known = (plan != null) ? plan(plan) : null;
		CountedPolicies counted = counted(scope, (known != null) ? known.name() : null);
		return (counted == null) ? List.of()
				: Stream.concat(counted.enforced().stream(), counted.shadows().stream()).flatMap(List::stream).toList();
	}

	/**
	 * Return the policies of a scope, as its quotas need them.
	 * @param plan the name of the client's plan as configured, null for the usual rates
	 * @return the policies, none if the scope is unlimited, null if it has no rate
	 */
	@Nullable CountedPolicies counted(Scope scope, @Nullable String plan) {
		if (plan != null) {
			Map<Scope, CountedPolicies> ofPlan = this.countedByPlan.get(plan);
			CountedPolicies counted = (ofPlan != null) ? ofPlan.get(scope) : null;
			if (counted != null) {
				return counted;
			}
		}
		CountedPolicies counted = this.countedByScope.get(scope);
		return (counted == null && this.given.unlimited.contains(scope)) ? CountedPolicies.NONE : counted;
	}

	/**
	 * Return whether there are plans.
	 */
	boolean hasPlans() {
		return !this.given.plans.isEmpty();
	}

	/**
	 * Return whether some plan has a rate for a scope.
	 */
	boolean isOfPlans(Scope scope) {
		return this.scopesOfPlans.contains(scope);
	}

	/**
	 * Return a plan.
	 * @param name the name of the plan, in any spelling
	 * @return the plan, null if there is none of that name
	 */
	public @Nullable PlanRates plan(String name) {
		PlanRates known = this.given.plans.get(name);
		if (known != null) {
			return known;
		}
		try {
			return this.given.plans.get(Scope.of(name).key());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Return the plans.
	 * @return the plans in the order of configuration, unmodifiable
	 */
	public Collection<PlanRates> plans() {
		return Collections.unmodifiableCollection(this.given.plans.values());
	}

	/**
	 * Return the policies of a scope without the shadows beside them.
	 */
	List<Policy> ownPolicies(Scope scope) {
		List<Policy> policies = this.given.policies.get(scope);
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
		return this.policiesByScope.containsKey(scope) || this.given.unlimited.contains(scope);
	}

	/**
	 * Return whether a scope counts bytes, and not requests or calls.
	 * @param scope the scope
	 * @return whether it does
	 */
	public boolean countsBytes(Scope scope) {
		return this.given.rules.reservedBytes().containsKey(scope);
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
		return Collections.unmodifiableSet(this.given.unlimited);
	}

	/**
	 * Return the scopes whose rates are shadow rates.
	 * @return the scopes, unmodifiable
	 */
	public Set<Scope> shadowScopes() {
		return Collections.unmodifiableSet(this.given.shadowScopes);
	}

	/**
	 * Return the additional shadow policies, including those of scopes whose rate a
	 * throttle or a handler defines.
	 * @return the policies by scope, unmodifiable
	 */
	public Map<Scope, List<Policy>> shadowRates() {
		return Collections.unmodifiableMap(this.given.candidates);
	}

	@Override
	public String toString() {
		return this.policiesByScope.values().toString();
	}

}
