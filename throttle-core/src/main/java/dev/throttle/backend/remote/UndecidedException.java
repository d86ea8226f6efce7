package dev.throttle.backend.remote;

/**
 * Thrown when a store did not decide. The request is then answered as configured.
 *
 * @since 1.0.0
 */
public final class UndecidedException extends RuntimeException {

	private final boolean asked;

	/**
	 * Create an exception for a store that was asked.
	 * @param reason why it did not decide
	 */
	public UndecidedException(String reason) {
		this(reason, true);
	}

	UndecidedException(String reason, boolean asked) {
		super(reason, null, false, false);
		this.asked = asked;
	}

	/**
	 * Return whether the store was asked at all.
	 */
	boolean wasAsked() {
		return this.asked;
	}

	/**
	 * Return the root cause of a failure, which says why a store did not decide.
	 * @param failure the failure
	 * @return the cause
	 */
	public static Throwable root(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return root;
	}

}
