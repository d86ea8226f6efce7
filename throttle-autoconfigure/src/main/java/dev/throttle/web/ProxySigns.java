package dev.throttle.web;

import java.util.List;
import java.util.function.Predicate;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.client.PrivateNetworks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first requests for signs of a proxy whose clients would all be counted as
 * one, and warns of it once.
 *
 * @since 1.0.0
 */
public final class ProxySigns {

	static final int REQUESTS = 500;

	private static final Logger logger = LoggerFactory.getLogger(ProxySigns.class);

	private static final List<String> HEADERS = List.of("X-Forwarded-For", "Forwarded");

	private static final String ACTION = "Set 'throttle.client.trusted-proxies' to the networks of the proxies, or 'throttle.client.num-proxies' to their number (0 for none)";

	private boolean isOver;

	private int left = REQUESTS;

	private @Nullable String address;

	/**
	 * Create a search, which is over at once where the proxies are configured.
	 * @param addresses tells the client's address
	 */
	public ProxySigns(ClientAddressResolver addresses) {
		this.isOver = addresses.isConfigured();
	}

	/**
	 * Return whether there is nothing left to look for. A thread that does not see so yet
	 * looks in vain.
	 * @return whether the search is over
	 */
	public boolean isOver() {
		return this.isOver;
	}

	/**
	 * Look at a request.
	 * @param remote the address that the connection comes from
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
					"A request has the header {}, but no proxy is configured. If the application is behind one, all clients of that proxy are counted as one. {}",
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
