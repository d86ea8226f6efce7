package dev.throttle.web;

/**
 * How a request has ended.
 *
 * @param status the status of its answer, 0 if the client has gone before it was complete
 * @since 1.0.0
 */
public record RequestEnd(int status) {

	/**
	 * The client has gone before the answer was complete.
	 */
	public static final RequestEnd CLIENT_GONE = new RequestEnd(0);

	/**
	 * Return whether the client has gone before the answer was complete.
	 * @return whether it has
	 */
	public boolean isClientGone() {
		return this.status == 0;
	}

}
