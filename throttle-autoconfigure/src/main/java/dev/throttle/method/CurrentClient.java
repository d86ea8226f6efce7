package dev.throttle.method;

import dev.throttle.Client;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client of the current request. Where requests are reactive, a
 * {@code Mono<Client>} is in the Reactor context under the key {@code Client.class}.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface CurrentClient {

	/**
	 * Return the client of the request that the calling thread handles.
	 * @return the user, or the address of an anonymous request; null if there is no
	 * request
	 */
	@Nullable Client get();

}
