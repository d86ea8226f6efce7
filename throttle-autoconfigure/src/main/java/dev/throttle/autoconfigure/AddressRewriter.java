package dev.throttle.autoconfigure;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Something that takes the client's address from forwarded headers before throttles see
 * the request.
 *
 * @param cause what it is or what turned it on, a clause
 * @param belief whom it believes, a clause
 * @param condition where that is right, a clause
 * @param remedy how it is turned off, an imperative
 */
record AddressRewriter(String cause, String belief, String condition, String remedy) {

	/**
	 * Return the one that a web server brings.
	 */
	static AddressRewriter ofServer(String cause, String remedy) {
		return new AddressRewriter(cause,
				"Tomcat believes X-Forwarded-For from every private address, another server believes it from anybody",
				"every request comes through an ingress that replaces that header, or on Tomcat appends to it", remedy);
	}

	/**
	 * Return the one that is a filter of Spring's.
	 */
	static AddressRewriter ofSpring(String cause, String remedy) {
		return new AddressRewriter(cause, "the first entry of X-Forwarded-For is believed, whoever sends it",
				"every request comes through an ingress that replaces that header", remedy);
	}

	static String text(List<AddressRewriter> rewriters, Function<AddressRewriter, String> part) {
		return rewriters.stream().map(part).distinct().collect(Collectors.joining(", and "));
	}

}
