package dev.throttle;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WholeSeconds}.
 */
class WholeSecondsTests {

	@Test
	void durationIsRoundedUp() {
		assertThat(WholeSeconds.roundUp(Duration.ZERO)).isZero();
		assertThat(WholeSeconds.roundUp(Duration.ofNanos(1))).isEqualTo(1);
		assertThat(WholeSeconds.roundUp(Duration.ofSeconds(42))).isEqualTo(42);
		assertThat(WholeSeconds.roundUp(Duration.ofSeconds(42, 1))).isEqualTo(43);
	}

	@Test
	void longestDurationIsNotRounded() {
		assertThat(WholeSeconds.roundUp(Duration.ofSeconds(Long.MAX_VALUE, 1))).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void momentIsRoundedUp() {
		assertThat(WholeSeconds.roundUp(Instant.ofEpochSecond(1000))).isEqualTo(1000);
		assertThat(WholeSeconds.roundUp(Instant.ofEpochSecond(1000, 1))).isEqualTo(1001);
	}

}
