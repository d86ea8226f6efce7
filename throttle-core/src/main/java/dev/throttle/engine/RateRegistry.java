package dev.throttle.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.throttle.Policy;
import dev.throttle.Rates;

/**
 * The rates that are in force, which may be replaced while requests are decided: each
 * request is decided by the rates at its beginning.
 *
 * @since 1.0.0
 */
public final class RateRegistry {

	private final AtomicReference<Rates> current;

	/**
	 * Create a registry.
	 * @param rates the rates in force
	 */
	public RateRegistry(Rates rates) {
		this.current = new AtomicReference<>(rates);
	}

	/**
	 * Return the rates in force.
	 * @return the rates
	 */
	public Rates rates() {
		return this.current.get();
	}

	/**
	 * Replace the rates, as in {@code update((rates) -> rates.with("uploads", ...))}.
	 * @param change makes the new rates of the present ones, without side effects
	 * @throws IllegalArgumentException if the new rates give two policies one name; the
	 * present ones then stay
	 */
	public void update(UnaryOperator<Rates> change) {
		this.current.updateAndGet((rates) -> checked(change.apply(rates)));
	}

	private static Rates checked(Rates rates) {
		Map<String, Policy> byKey = new HashMap<>();
		for (List<Policy> policies : rates.asMap().values()) {
			for (Policy policy : policies) {
				Policy other = byKey.put(policy.key(), policy);
				if (other != null) {
					throw new IllegalArgumentException("Two policies are called '" + policy.name() + "': "
							+ other.rate() + " and " + policy.rate());
				}
			}
		}
		return rates;
	}

}
