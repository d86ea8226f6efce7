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
	 * Return what of this request concerns one client.
	 * @param client a client that is counted
	 * @return the request of that client, equal to any other one of that client
	 */
	ThrottleRequest of(Client client);

}
