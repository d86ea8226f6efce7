package dev.throttle.http;

import java.time.Clock;
import java.time.Duration;

import dev.throttle.limiter.Acquisition;

import org.springframework.http.HttpHeaders;

/**
 * A call that was let through.
 *
 * @param pacer paces the calls to its host
 * @param permit what it has taken
 */
record PacedCall(Pacer pacer, Acquisition permit) {

	private static final int TOO_MANY_REQUESTS = 429;

	/**
	 * Tell that an answer has come. The call is over.
	 */
	void answered(int status, HttpHeaders headers) {
		over();
		Duration wait = (status == TOO_MANY_REQUESTS) ? RetryAfter.read(headers, Clock.systemUTC()) : null;
		if (wait != null) {
			this.pacer.close(wait);
		}
	}

	/**
	 * Tell that the call is over, perhaps without an answer. It may have arrived.
	 */
	void over() {
		this.permit.countFromNow();
	}

}
