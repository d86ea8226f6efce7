package dev.throttle.web;

import java.util.List;
import java.util.function.Predicate;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.client.PrivateNetworks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inspects the first requests for signs of an unconfigured proxy, whose clients would all
 * be counted as one, and warns once.
 *
 * @since 1.0.0
 */
public final class ProxyDetector {

	static final int REQUESTS = 500;

	private static final Logger logger = LoggerFactory.getLogger(ProxyDetector.class);

	private static final List<String> HEADERS = List.of("X-Forwarded-For", "Forwarded");

	private static final String ACTION = "Set 'throttle.client.trusted-proxies' to the networks of the proxies, or 'throttle.client.num-proxies' to their number (0 if there are none)";

	private boolean isOver;

	private int left = REQUESTS;

	private @Nullable String address;

	/**
	 * Create a detector. It has nothing to do if proxies are configured.
	 * @param addresses resolves the client's address
	 */
	public ProxyDetector(ClientAddressResolver addresses) {
		this.isOver = addresses.isConfigured();
	}

	/**
	 * Return whether detection has ended. Not synchronized: a thread that sees it late
	 * only does needless work.
	 * @return whether it has ended
	 */
	public boolean isOver() {
		return this.isOver;
	}

	/**
	 * Inspect a request.
	 * @param remote the address of the connection
	 * @param hasHeader whether the request has a header of that name
	 */
	public synchronized void look(@Nullable String remote, Predicate<String> hasHeader) {
		if (this.isOver) {
			return;
		}
		this.left--;
		String header = HEADERS.stream().filter(hasHeader).findFirst().orElse(null);
		if (header != null) {
			logger.warn(
					"A request has the header {}, but no proxy is configured. If the application is behind a proxy, all clients of that proxy are counted as one. {}",
					header, ACTION);
			this.left = 0;
		}
		else if (!isOneAddress(remote)) {
			this.address = null;
		}
		else if (this.left == 0) {
			logger.warn(
					"The first {} requests all come from {}, a private address. If that is a proxy, all its clients are counted as one. {}",
					REQUESTS, this.address, ACTION);
		}
		this.isOver = this.left == 0;
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
