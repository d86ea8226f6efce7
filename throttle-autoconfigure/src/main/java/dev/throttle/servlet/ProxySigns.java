package dev.throttle.servlet;

import java.util.List;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.client.PrivateNetworks;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first requests for signs of a proxy whose clients would all be counted as
 * one, and warns of it once.
 */
final class ProxySigns {

	static final int REQUESTS = 500;

	private static final Logger logger = LoggerFactory.getLogger(ProxySigns.class);

	private static final List<String> HEADERS = List.of("X-Forwarded-For", "Forwarded");

	private static final String ACTION = "Set 'throttle.client.trusted-proxies' to the networks of the proxies, or 'throttle.client.num-proxies' to their number, which is 0 where there are none";

	private int left = REQUESTS;

	private @Nullable String address;

	private ProxySigns() {
	}

	/**
	 * Return what looks for signs.
	 * @return it, null where it is configured which proxies there are
	 */
	static @Nullable ProxySigns of(ClientAddressResolver addresses) {
		return addresses.isConfigured() ? null : new ProxySigns();
	}

	/**
	 * Look at a request.
	 * @return whether to go on with the next
	 */
	synchronized boolean look(HttpServletRequest request) {
		if (this.left == 0) {
			return false;
		}
		this.left--;
		String header = forwarded(request);
		if (header != null) {
			logger.warn(
					"A request has the header {}, but no proxy is configured: if one stands before the application, all its clients are counted as one. {}",
					header, ACTION);
			this.left = 0;
		}
		else if (!isOneAddress(request.getRemoteAddr())) {
			this.address = null;
		}
		else if (this.left == 0) {
			logger.warn(
					"The first {} requests all come from {}, a private address: if that is a proxy's, all its clients are counted as one. {}",
					REQUESTS, this.address, ACTION);
		}
		return this.left > 0;
	}

	private static @Nullable String forwarded(HttpServletRequest request) {
		for (String header : HEADERS) {
			if (request.getHeader(header) != null) {
				return header;
			}
		}
		return null;
	}

	/**
	 * Return whether all requests so far came from one private address.
	 */
	private boolean isOneAddress(@Nullable String remote) {
		if (this.left == REQUESTS - 1) {
			this.address = remote;
			return remote != null && PrivateNetworks.contain(remote);
		}
		return remote != null && remote.equals(this.address);
	}

}
