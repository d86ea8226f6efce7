package dev.throttle.engine;

import dev.throttle.Client;
import dev.throttle.ThrottleRequest;

/**
 * A request that takes permits of several clients together, each of which has a plan of
 * its own. Of any other request, the plan is that of its client, whoever is counted.
 *
 * @since 1.0.0
 */
public interface JointRequest extends ThrottleRequest {

	/**
	 * Return the part of this request that concerns one client.
	 * @param client a client that is counted
	 * @return that part; equal each time it is returned for that client
	 */
	ThrottleRequest of(Client client);

	/**
	 * Return whether the caller waits if the request is denied, and then makes it again.
	 * Listeners are not told of such a denial unless the caller gives up.
	 * @return whether a denied request is made again
	 */
	default boolean isRepeated() {
		return false;
	}

}
