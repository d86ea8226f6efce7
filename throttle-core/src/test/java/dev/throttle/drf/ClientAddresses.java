package dev.throttle.drf;

import java.util.List;

import dev.throttle.client.ClientAddressResolver;
import org.jspecify.annotations.Nullable;

/**
 * Tells the real throttles the address of a client.
 */
interface ClientAddresses {

	String resolve(String remoteAddr, @Nullable String xForwardedFor);

	static ClientAddresses behind(@Nullable Integer numProxies) {
		ClientAddressResolver resolver = ClientAddressResolver.builder().numProxies(numProxies).build();
		return (remoteAddr, xForwardedFor) -> resolver.resolve(remoteAddr,
				(xForwardedFor != null) ? List.of(xForwardedFor) : List.of());
	}

}
