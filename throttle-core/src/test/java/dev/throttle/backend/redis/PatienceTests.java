package dev.throttle.backend.redis;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Patience}.
 */
class PatienceTests {

	private static final Duration TIMEOUT = Duration.ofMillis(100);

	private final Patience patience = new Patience(TIMEOUT);

	@Test
	void requestsWaitForTheTimeout() {
		assertThat(this.patience.at(0)).isEqualTo(TIMEOUT);
	}

	@Test
	void requestsOfAFreshInstanceWaitLongerUntilSecondsAfterTheFirst() {
		this.patience.begin();
		long first = Duration.ofHours(1).toNanos();
		long last = first + Patience.FRESH.toNanos();
		assertThat(this.patience.at(first)).isEqualTo(Patience.WHILE_FRESH);
		assertThat(this.patience.at(last - 1)).isEqualTo(Patience.WHILE_FRESH);
		assertThat(this.patience.at(last)).isEqualTo(TIMEOUT);
		assertThat(this.patience.at(last + 1)).isEqualTo(TIMEOUT);
	}

	@Test
	void longTimeoutStaysAsItIs() {
		Patience patient = new Patience(Duration.ofSeconds(5));
		patient.begin();
		assertThat(patient.at(0)).isEqualTo(Duration.ofSeconds(5));
	}

}
