package dev.throttle.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

import dev.throttle.backend.Policy;

/**
 * The policies of a scope: enforced ones, and shadows. Those that are counted in one
 * history are in one list, which {@link List#copyOf} returns as it is.
 */
record CountedPolicies(List<List<Policy>> enforced, List<List<Policy>> shadows) {

	static final CountedPolicies NONE = new CountedPolicies(List.of(), List.of());

	static CountedPolicies of(List<Policy> policies) {
		return new CountedPolicies(byHistory(policies.stream().filter((policy) -> !policy.isShadow()).toList()),
				byHistory(policies.stream().filter(Policy::isShadow).toList()));
	}

	static List<List<Policy>> byHistory(List<Policy> policies) {
		return policies.stream()
			.collect(Collectors.groupingBy(Policy::historyKey, LinkedHashMap::new, Collectors.toList()))
			.values()
			.stream()
			.map(List::copyOf)
			.toList();
	}

}
