package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.throttle.Policy;
import dev.throttle.Rates;
import dev.throttle.Scope;

/**
 * The names of the policies that throttles and handlers bring. Policies with one name
 * share a count, so that they must be of the same scope and rate. Immutable.
 */
final class PolicyNames {

	static final PolicyNames NONE = new PolicyNames(List.of());

	private final List<NamedPolicy> declared;

	private PolicyNames(List<NamedPolicy> declared) {
		this.declared = declared;
	}

	/**
	 * Return these names and those of further policies.
	 * @param source what brings the policies, for a reader
	 */
	PolicyNames with(Collection<Policy> policies, String source) {
		List<NamedPolicy> extended = new ArrayList<>(this.declared);
		policies.forEach((policy) -> extended.add(new NamedPolicy(policy, source)));
		return new PolicyNames(List.copyOf(extended));
	}

	/**
	 * Check these policies and those of rates against each other.
	 * @param rates the rates
	 * @param configured the configured rates; what differs from them is called a rate to
	 * be set
	 * @throws IllegalArgumentException if two policies that differ have one name
	 */
	void check(Rates rates, Rates configured) {
		Map<String, NamedPolicy> byKey = new HashMap<>();
		rates.shadowRates()
			.forEach((scope, policies) -> policies.forEach((policy) -> check(byKey,
					new NamedPolicy(policy, "the property 'throttle.scopes." + policy.scope() + ".shadow-rate'"))));
		rates.asMap().forEach((scope, policies) -> {
			boolean set = !policies.equals(configured.policies(scope));
			String source = set ? "the rate to be set for the scope '" : "the property 'throttle.rates.";
			policies.forEach((policy) -> check(byKey, new NamedPolicy(policy, source + policy.scope() + "'")));
		});
		this.declared.stream().flatMap((each) -> each.in(rates)).forEach((each) -> check(byKey, each));
	}

	private static void check(Map<String, NamedPolicy> byKey, NamedPolicy next) {
		NamedPolicy other = byKey.putIfAbsent(next.policy().key(), next);
		if (other != null && !other.isSameAs(next)) {
			boolean equalRates = other.policy().rate().equals(next.policy().rate());
			throw new IllegalArgumentException("Two policies are called '" + next.policy().name() + "': "
					+ other.source() + " says " + other.policy().rate() + ", " + next.source() + " says "
					+ next.policy().rate() + (equalRates ? " for another scope" : ""));
		}
	}

	/**
	 * A policy, and what brings it.
	 */
	private record NamedPolicy(Policy policy, String source) {

		/**
		 * Return this policy as it counts, as a shadow or not; nothing where its scope
		 * has no limit.
		 */
		Stream<NamedPolicy> in(Rates rates) {
			return rates.policies(this.policy.scope(), List.of(this.policy))
				.stream()
				.limit(1)
				.map((counted) -> new NamedPolicy(counted, this.source));
		}

		boolean isSameAs(NamedPolicy other) {
			return this.policy.rate().equals(other.policy.rate())
					&& Scope.canonical(this.policy.scope()).equals(Scope.canonical(other.policy.scope()));
		}

	}

}
