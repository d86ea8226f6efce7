package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Breaker}.
 */
class BreakerTests {

	private final AtomicLong clock = new AtomicLong();

	private final Breaker breaker = new Breaker("Redis", this.clock::get);

	@Test
	void oneLateCallInTwoHundredDoesNotOpenIt() {
		for (int i = 0; i < 10_000; i++) {
			if (i % 200 == 0) {
				late();
			}
			else {
				this.breaker.succeeded(this.breaker.ask());
			}
			assertThat(this.breaker.isOpen()).isFalse();
		}
	}

	@Test
	void lateCallsInARowOpenIt() {
		for (int i = 1; i < Breaker.LATE_CALLS; i++) {
			late();
		}
		assertThat(this.breaker.isOpen()).isFalse();
		late();
		assertThat(this.breaker.isOpen()).isTrue();
	}

	@Test
	void moreLateCallsThanOthersOpenItInTheEnd() {
		for (int i = 0; i < 3 * Breaker.LATE_CALLS && !this.breaker.isOpen(); i++) {
			if (i % 3 == 0) {
				this.breaker.succeeded(this.breaker.ask());
			}
			else {
				late();
			}
		}
		assertThat(this.breaker.isOpen()).isTrue();
	}

	@Test
	void oneSureFailureOpensItForASecond() {
		assertThat(this.breaker.failed(this.breaker.ask(), "Connection refused", false)).isTrue();
		assertThat(this.breaker.ask()).isEqualTo(Breaker.REFUSED);
		advance(Breaker.PROBE_INTERVAL);
		assertThat(this.breaker.ask()).isNotEqualTo(Breaker.REFUSED);
		assertThat(this.breaker.ask()).isEqualTo(Breaker.REFUSED);
	}

	@Test
	void lateCallsLetOneRequestAskAtOnceAndThenOneASecond() {
		for (int i = 0; i < Breaker.LATE_CALLS; i++) {
			late();
		}
		long probe = this.breaker.ask();
		assertThat(probe).isNotEqualTo(Breaker.REFUSED);
		assertThat(this.breaker.ask()).isEqualTo(Breaker.REFUSED);
		assertThat(this.breaker.failed(probe, "no answer", true)).isTrue();
		assertThat(this.breaker.ask()).isEqualTo(Breaker.REFUSED);
		advance(Breaker.PROBE_INTERVAL);
		assertThat(this.breaker.ask()).isNotEqualTo(Breaker.REFUSED);
	}

	@Test
	void answerClosesItAndForgetsTheLateCalls() {
		for (int i = 0; i < Breaker.LATE_CALLS; i++) {
			late();
		}
		this.breaker.succeeded(this.breaker.ask());
		late();
		assertThat(this.breaker.isOpen()).isFalse();
	}

	@Test
	void whatWasAskedBeforeTheLastChangeTellsNothingNew() {
		long asked = this.breaker.ask();
		this.breaker.failed(asked, "Connection refused", false);
		assertThat(this.breaker.failed(asked, "Connection refused", false)).isFalse();
		this.breaker.succeeded(asked);
		assertThat(this.breaker.isOpen()).isTrue();
	}

	private void late() {
		this.breaker.failed(this.breaker.ask(), "no answer", true);
	}

	private void advance(Duration duration) {
		this.clock.addAndGet(duration.toNanos());
	}

}
