package dev.throttle.backend;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Stores rates that are set at run time. Implementations are safe for use by several
 * threads.
 *
 * @since 1.0.0
 */
public interface RateOverrides {

	/**
	 * Notify a listener of the overrides: at once or soon, and whenever they change, here
	 * or in another process. It is not notified while they cannot be read.
	 * @param listener the listener
	 */
	void follow(Listener listener);

	/**
	 * Publish the configured rates of this process to the others that share the
	 * overrides, and log a warning if they differ. By default, nothing is published.
	 * @param configured supplies the configured rates of this process, as in
	 * {@code 60/min, 1000/day}, by what an override of them would name
	 */
	default void publish(Supplier<Map<String, String>> configured) {
	}

	/**
	 * Set or replace an override, and notify the listener before this call returns.
	 * @param target what is overridden, as in {@link RateOverride}
	 * @param rates one rate, or several separated by commas
	 * @param duration the time after which it expires, positive; null for no expiry
	 * @throws BackendUnavailableException if it could not be stored
	 */
	void set(String target, String rates, @Nullable Duration duration);

	/**
	 * Remove an override if there is one, and notify the listener before this call
	 * returns.
	 * @param target what is overridden, as in {@link RateOverride}
	 * @throws BackendUnavailableException if it could not be removed
	 */
	void remove(String target);

	/**
	 * Return whether overrides apply to other processes, too.
	 * @return whether it is shared
	 */
	boolean isShared();

	/**
	 * Listener for the overrides.
	 */
	@FunctionalInterface
	interface Listener {

		/**
		 * Called with the current overrides.
		 * @param overrides all overrides
		 * @param now the time by the clock of the store
		 */
		void changed(Collection<RateOverride> overrides, Instant now);

	}

}
