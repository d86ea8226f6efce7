package dev.throttle.docs.example;

import org.jspecify.annotations.Nullable;

/**
 * Who has which plan.
 */
public interface Subscriptions {

	/**
	 * Return the plan of a key.
	 * @param key the key
	 * @return the plan, null if it has none
	 */
	@Nullable String planOf(String key);

}
