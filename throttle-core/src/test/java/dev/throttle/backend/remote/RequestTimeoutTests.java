package dev.throttle.backend.remote;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestTimeout}.
 */
class RequestTimeoutTests {

	private static final Duration TIMEOUT = Duration.ofMillis(100);

	private final RequestTimeout timeout = new RequestTimeout(TIMEOUT);

	@Test
	void requestsWaitForTheTimeout() {
		assertThat(this.timeout.at(0)).isEqualTo(TIMEOUT);
	}

	@Test
	void requestsOfAFreshInstanceWaitLongerUntilSecondsAfterTheFirst() {
		this.timeout.begin();
		long first = Duration.ofHours(1).toNanos();
		long last = first + RequestTimeout.FRESH.toNanos();
		assertThat(this.timeout.deadline(first)).isEqualTo(first + RequestTimeout.WHILE_FRESH.toNanos());
		assertThat(this.timeout.at(last - 1)).isEqualTo(RequestTimeout.WHILE_FRESH);
		assertThat(this.timeout.at(last)).isEqualTo(TIMEOUT);
		assertThat(this.timeout.deadline(last)).isEqualTo(last + TIMEOUT.toNanos());
		assertThat(this.timeout.deadline(last + 1)).isEqualTo(last + 1 + TIMEOUT.toNanos());
	}

	@Test
	void lookingAtTheTimeoutIsNoRequest() {
		this.timeout.begin();
		long first = Duration.ofHours(1).toNanos();
		assertThat(this.timeout.at(0)).isEqualTo(RequestTimeout.WHILE_FRESH);
		assertThat(this.timeout.at(first)).isEqualTo(RequestTimeout.WHILE_FRESH);
		assertThat(this.timeout.deadline(first)).isEqualTo(first + RequestTimeout.WHILE_FRESH.toNanos());
	}

	@Test
	void longTimeoutStaysAsItIs() {
		RequestTimeout patient = new RequestTimeout(Duration.ofSeconds(5));
		patient.begin();
		assertThat(patient.at(0)).isEqualTo(Duration.ofSeconds(5));
	}

}
