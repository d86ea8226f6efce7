package dev.throttle.http;

import java.time.Duration;
import java.util.function.UnaryOperator;

import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Thirty calls of an application that allows ten in each period.
 */
final class PatientCalls {

	static final int CALLS = 30;

	static final String RATE = "10/${retry.seconds:3}s";

	private static final Duration PERIOD = Duration.ofSeconds(Integer.getInteger("retry.seconds", 3));

	private PatientCalls() {
	}

	/**
	 * Make the calls, one after the other.
	 * @param user who calls
	 * @param call makes a call of a user
	 * @return how long they took
	 */
	static Duration thirty(String user, UnaryOperator<String> call) {
		for (int i = 0; i < 9; i++) {
			call.apply("first-" + user);
		}
		long begin = System.nanoTime();
		for (int i = 0; i < CALLS; i++) {
			assertThat(call.apply(user)).isEqualTo("passed");
		}
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	static HttpEntity<Void> as(String user) {
		HttpHeaders headers = new HttpHeaders();
		headers.set(Caller.USER, user);
		return new HttpEntity<>(headers);
	}

	/**
	 * The last ten calls cannot pass before two periods are over.
	 */
	static void assertWithoutDelay(Duration time) {
		Duration least = PERIOD.multipliedBy(2);
		assertThat(time).isBetween(least, least.multipliedBy(12).dividedBy(10));
	}

}
