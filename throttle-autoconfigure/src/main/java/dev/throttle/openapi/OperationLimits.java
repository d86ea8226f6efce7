package dev.throttle.openapi;

import java.util.List;
import java.util.Map;

/**
 * The limits of an operation.
 *
 * @param limits the limits that clients are told about
 * @param mayDenyOtherwise whether a throttle may deny requests without a rate
 */
record OperationLimits(List<Limit> limits, boolean mayDenyOtherwise) {

	boolean mayDeny() {
		return this.mayDenyOtherwise || !this.limits.isEmpty();
	}

	Map<String, Object> toExtension() {
		return Map.of("scopes", this.limits.stream().map(Limit::toExtension).toList());
	}

}
