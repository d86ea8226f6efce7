package dev.throttle.engine;

import java.util.List;

import dev.throttle.BaseThrottle;
import dev.throttle.backend.CacheBackend;

/**
 * The throttles that apply to a request, in the order in which they are asked.
 *
 * @param steps the throttles with their names and backends
 * @since 1.0.0
 */
public record AppliedThrottles(List<Step> steps) {

	/**
	 * No throttles: every request is allowed.
	 */
	public static final AppliedThrottles NONE = new AppliedThrottles(List.of());

	/**
	 * Create the throttles that apply to a request.
	 * @param steps the throttles with their names and backends
	 */
	public AppliedThrottles {
		steps = List.copyOf(steps);
	}

	/**
	 * A throttle that applies.
	 *
	 * @param name the throttle's name, such as that of its bean
	 * @param throttle the throttle
	 * @param backend the backend that counts for it
	 * @param isProxy whether the throttle is a proxy, whose advice may be on
	 * {@link BaseThrottle#check check} only. A worker then calls that method, instead of
	 * {@link BaseThrottle#checkAsync checkAsync}
	 */
	public record Step(String name, BaseThrottle throttle, CacheBackend backend, boolean isProxy) {

		/**
		 * Create a step with a throttle that is not a proxy.
		 * @param name the throttle's name, such as that of its bean
		 * @param throttle the throttle
		 * @param backend the backend that counts for it
		 */
		public Step(String name, BaseThrottle throttle, CacheBackend backend) {
			this(name, throttle, backend, false);
		}

	}

}
