package dev.throttle.servlet;

import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Finds the request that the calling thread handles.
 *
 * @since 1.0.0
 */
public final class CurrentRequest {

	private CurrentRequest() {
	}

	/**
	 * Return the request that the calling thread handles.
	 * @param addresses resolves the client's address
	 * @return the request; null if there is none
	 */
	public static @Nullable ThrottleRequest get(ClientAddressResolver addresses) {
		return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)
				? new ServletThrottleRequest(attributes.getRequest(), DeclaredScopes.NONE, addresses, ByteScopes.NONE)
				: null;
	}

}
