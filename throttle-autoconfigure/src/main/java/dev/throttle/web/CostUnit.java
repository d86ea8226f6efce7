package dev.throttle.web;

/**
 * What a scope counts.
 *
 * @since 1.0.0
 */
public enum CostUnit {

	/**
	 * Requests.
	 */
	REQUESTS,

	/**
	 * Bytes of request bodies.
	 */
	REQUEST_BYTES,

	/**
	 * Bytes of response bodies.
	 */
	RESPONSE_BYTES

}
