package dev.throttle.backend.redis;

/**
 * Thrown where Redis did not decide.
 */
final class RedisFailure extends RuntimeException {

	private final boolean asked;

	/**
	 * Create a failure.
	 * @param asked whether Redis was asked at all
	 */
	RedisFailure(String reason, boolean asked) {
		super(reason, null, false, false);
		this.asked = asked;
	}

	boolean wasAsked() {
		return this.asked;
	}

	/**
	 * Return the first cause of a failure.
	 */
	static Throwable root(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return root;
	}

}
