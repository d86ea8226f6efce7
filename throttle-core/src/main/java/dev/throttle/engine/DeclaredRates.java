package dev.throttle.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Policy;

/**
 * The rates that throttles and handlers define for their scopes. Policies with the same
 * name share a count, so they must have the same scope and rate. Immutable.
 */
final class DeclaredRates {

	static final DeclaredRates NONE = new DeclaredRates(List.of());

	private final List<Declaration> declarations;

	private final Map<Scope, List<Policy>> byScope = new LinkedHashMap<>();

	private DeclaredRates(List<Declaration> declarations) {
		this.declarations = declarations;
		declarations.forEach((each) -> this.byScope.putIfAbsent(each.scope(), each.policies()));
	}

	/**
	 * Return these rates and those of further scopes.
	 * @param rates the rates by scope, an empty list for no limit
	 * @param rules what the rates count
	 * @param source where they are defined, for messages
	 * @throws IllegalArgumentException if two of the rates have the same window, or one
	 * does not suit what its scope counts
	 */
	DeclaredRates with(Map<Scope, List<Rate>> rates, RateRules rules, String source) {
		List<Declaration> extended = new ArrayList<>(this.declarations);
		rates.forEach(
				(scope, ofScope) -> extended.add(new Declaration(scope, rules.policies(scope, ofScope, null), source)));
		return new DeclaredRates(List.copyOf(extended));
	}

	/**
	 * Add these rates to others, for scopes that have no rate there.
	 */
	Rates addMissingTo(Rates rates) {
		return this.byScope.isEmpty() ? rates : rates.withDeclared(this.byScope);
	}

	/**
	 * Check that these rates and others do not conflict.
	 * @param rates the other rates
	 * @param configured the configured rates; in the message, a rate that differs from
	 * them is one to be set
	 * @throws IllegalArgumentException if different policies have the same name
	 */
	void check(Rates rates, Rates configured) {
		checkSameRates(configured);
		Map<String, NamedPolicy> byName = new HashMap<>();
		rates.shadowRates()
			.forEach((scope, policies) -> policies.forEach((policy) -> check(byName,
					new NamedPolicy(policy, "the property 'throttle.scopes." + policy.scope() + ".shadow-rate'"))));
		rates.asMap().forEach((scope, policies) -> {
			boolean set = !policies.equals(configured.policies(scope));
			String source = set ? "the rate to be set for the scope '" : "the property 'throttle.rates.";
			policies.forEach((policy) -> check(byName, new NamedPolicy(policy, source + policy.scope() + "'")));
		});
		rates.plans()
			.forEach((plan) -> plan.policies()
				.forEach((scope, policies) -> policies.forEach((policy) -> check(byName, new NamedPolicy(policy,
						"the property 'throttle.plans." + plan.name() + ".rates." + scope + "'")))));
		for (Declaration each : this.declarations) {
			for (Policy policy : each.policies()) {
				rates.asCounted(each.scope(), List.of(policy))
					.stream()
					.limit(1)
					.forEach((counted) -> check(byName, new NamedPolicy(counted, each.source())));
			}
		}
	}

	private void checkSameRates(Rates configured) {
		Map<Scope, Declaration> first = new HashMap<>();
		for (Declaration each : this.declarations) {
			List<Policy> policies = configured.ownPolicies(each.scope());
			if (!policies.isEmpty() && !each.policies().isEmpty() && !text(policies).equals(each.text())) {
				Scope scope = policies.get(0).scope();
				throw twoRates(scope, "the property 'throttle.rates." + scope + "'", text(policies), each.source(),
						each.text());
			}
			Declaration other = first.putIfAbsent(each.scope(), each);
			if (other != null && !other.text().equals(each.text())) {
				throw twoRates(other.scope(), other.source(), other.text(), each.source(), each.text());
			}
		}
	}

	private static IllegalArgumentException twoRates(Scope scope, String source, String rate, String otherSource,
			String otherRate) {
		return new IllegalArgumentException("The scope '" + scope + "' has two rates: " + source + " says '" + rate
				+ "', " + otherSource + " says '" + otherRate + "'");
	}

	private static void check(Map<String, NamedPolicy> byName, NamedPolicy next) {
		NamedPolicy other = byName.putIfAbsent(next.key(), next);
		if (other != null && !other.mayShareItsNameWith(next)) {
			if (other.policy().scope().equals(next.policy().scope())) {
				throw twoRates(other.policy().scope(), other.source(), other.policy().rate().toString(), next.source(),
						next.policy().rate().toString());
			}
			boolean equalRates = other.policy().rate().equals(next.policy().rate());
			throw new IllegalArgumentException("Two policies are called '" + next.policy().name() + "': "
					+ other.source() + " says " + other.policy().rate() + ", " + next.source() + " says "
					+ next.policy().rate() + (equalRates ? " for another scope" : ""));
		}
	}

	private static String text(List<Policy> policies) {
		return policies.isEmpty() ? Rates.UNLIMITED
				: policies.stream()
					.map((policy) -> policy.rate().toString())
					.sorted()
					.collect(Collectors.joining(", "));
	}

	/**
	 * The policies of a scope, empty for no limit, and where they are defined.
	 */
	private record Declaration(Scope scope, List<Policy> policies, String source) {

		String text() {
			return DeclaredRates.text(this.policies);
		}

	}

	/**
	 * A policy, and where it is defined.
	 */
	private record NamedPolicy(Policy policy, String source) {

		String key() {
			return (this.policy.isShadow() ? "~" : "") + Scope.of(this.policy.name()).key();
		}

		/**
		 * Return whether both are of one scope, and have equal rates unless they are of
		 * different plans.
		 */
		boolean mayShareItsNameWith(NamedPolicy other) {
			boolean ofOnePlan = Objects.equals(this.policy.plan(), other.policy.plan());
			return this.policy.scope().equals(other.policy.scope())
					&& !(ofOnePlan && !this.policy.rate().equals(other.policy.rate()));
		}

	}

}
