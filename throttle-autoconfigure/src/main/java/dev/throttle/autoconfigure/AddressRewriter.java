package dev.throttle.autoconfigure;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A server or filter that replaces the client's address with one from forwarded headers,
 * before Throttle sees the request.
 *
 * @param cause what it is or what enabled it, a clause
 * @param trust whom it trusts, a clause
 * @param condition when that is safe, a clause
 * @param remedy how to turn it off, an imperative
 */
record AddressRewriter(String cause, String trust, String condition, String remedy) {

	/**
	 * Return the rewriter of a web server.
	 */
	static AddressRewriter ofServer(String cause, String remedy) {
		return new AddressRewriter(cause,
				"Tomcat trusts X-Forwarded-For from every private address, and other servers trust it from any address",
				"every request passes an ingress that replaces that header (on Tomcat, an ingress that appends to it is safe too)",
				remedy);
	}

	/**
	 * Return the rewriter that is Spring's filter.
	 */
	static AddressRewriter ofSpring(String cause, String remedy) {
		return new AddressRewriter(cause, "the first entry of X-Forwarded-For is trusted, whoever sends it",
				"every request passes an ingress that replaces that header", remedy);
	}

	static String text(List<AddressRewriter> rewriters, Function<AddressRewriter, String> part) {
		return rewriters.stream().map(part).distinct().collect(Collectors.joining(", and "));
	}

}
