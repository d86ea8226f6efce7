package dev.throttle.drf;

import org.jspecify.annotations.Nullable;

/**
 * Tells the real throttles the address of a client.
 */
interface ClientAddresses {

	String resolve(String remoteAddr, @Nullable String xForwardedFor);

	static ClientAddresses behind(@Nullable Integer numProxies) {
		return (remoteAddr, xForwardedFor) -> OwnRules.identity(remoteAddr, xForwardedFor, numProxies);
	}

}
