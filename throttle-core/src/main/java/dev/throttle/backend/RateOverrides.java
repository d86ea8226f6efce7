package dev.throttle.backend;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Where rates that are set at run time are kept. Implementations are safe for use by
 * several threads.
 *
 * @since 1.0.0
 */
public interface RateOverrides {

	/**
	 * Begin to tell what is kept: at once or soon, and whenever it changes, here or in
	 * another process. Nothing is told while it cannot be found out.
	 * @param listener is told
	 */
	void follow(Listener listener);

	/**
	 * Publish the configured rates of this process to the others that share the
	 * overrides, and warn where they differ. By default, nothing is published.
	 * @param configured gives the configured rates of this process by the canonical form
	 * of their scope, as in {@code 60/min, 1000/day}
	 */
	default void publish(Supplier<Map<String, String>> configured) {
	}

	/**
	 * Keep an override in place of the one that the scope has, and tell the listener
	 * before this call returns.
	 * @param scope the scope in its canonical form
	 * @param rates one rate, or several by comma
	 * @param duration the time after which it is gone, positive; null for no expiry
	 * @throws BackendUnavailableException if it could not be kept
	 */
	void set(String scope, String rates, @Nullable Duration duration);

	/**
	 * Remove the override of a scope where there is one, and tell the listener before
	 * this call returns.
	 * @param scope the scope in its canonical form
	 * @throws BackendUnavailableException if it could not be removed
	 */
	void remove(String scope);

	/**
	 * Return whether what is set here is in force in other processes, too.
	 * @return whether it is shared
	 */
	boolean isShared();

	/**
	 * Is told what is kept.
	 */
	@FunctionalInterface
	interface Listener {

		/**
		 * Take note of the overrides.
		 * @param overrides all overrides that are kept
		 * @param now the time, by the clock by which they end
		 */
		void changed(Collection<RateOverride> overrides, Instant now);

	}

}
