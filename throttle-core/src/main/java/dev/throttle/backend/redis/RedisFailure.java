package dev.throttle.backend.redis;

/**
 * Thrown where Redis did not decide.
 */
final class RedisFailure extends RuntimeException {

	RedisFailure(String reason) {
		super(reason, null, false, false);
	}

	String reason() {
		return String.valueOf(getMessage());
	}

}
