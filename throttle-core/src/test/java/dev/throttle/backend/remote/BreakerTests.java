package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Breaker}.
 */
class BreakerTests {

	private final AtomicLong clock = new AtomicLong();

	private final Breaker breaker = new Breaker("The store", "", null, this.clock::get);

	@Test
	void oneLateCallInTwoHundredDoesNotOpenIt() {
		for (int i = 0; i < 10_000; i++) {
			if (i % 200 == 0) {
				late();
			}
			else {
				ask().answered();
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
				ask().answered();
			}
			else {
				late();
			}
		}
		assertThat(this.breaker.isOpen()).isTrue();
	}

	@Test
	void oneSureFailureOpensItForASecond() {
		assertThat(ask().failed("Connection refused", null, false)).isTrue();
		assertThat(this.breaker.ask()).isNull();
		advance(Breaker.PROBE_INTERVAL);
		assertThat(this.breaker.ask()).isNotNull();
		assertThat(this.breaker.ask()).isNull();
	}

	@Test
	void lateCallsLetOneRequestAskAtOnceAndThenOneASecond() {
		for (int i = 0; i < Breaker.LATE_CALLS; i++) {
			late();
		}
		Attempt probe = ask();
		assertThat(this.breaker.ask()).isNull();
		assertThat(probe.failed("no answer", null, true)).isTrue();
		assertThat(this.breaker.ask()).isNull();
		advance(Breaker.PROBE_INTERVAL);
		assertThat(this.breaker.ask()).isNotNull();
	}

	@Test
	void answerClosesItAndForgetsTheLateCalls() {
		for (int i = 0; i < Breaker.LATE_CALLS; i++) {
			late();
		}
		ask().answered();
		late();
		assertThat(this.breaker.isOpen()).isFalse();
	}

	@Test
	void whatWasAskedBeforeTheLastChangeTellsNothingNew() {
		Breaker server = new Breaker("A server", "one", this.breaker, this.clock::get);
		Attempt asked = Objects.requireNonNull(server.ask());
		asked.failed("Connection refused", null, false);
		assertThat(asked.failed("Connection refused", null, false)).isFalse();
		asked.answered();
		assertThat(server.isOpen()).isTrue();
	}

	@Test
	void answerOfAServerSaysThatTheStoreCanBeReached() {
		Breaker server = new Breaker("A server", "one", this.breaker, this.clock::get);
		this.breaker.unreachable("Connection refused", null);
		Objects.requireNonNull(server.ask()).answered();
		assertThat(this.breaker.isOpen()).isFalse();
	}

	@Test
	void scheduleAsksAServerThatIsAwayAfterRequestsHadTheChance() {
		for (int i = 0; i < Breaker.LATE_CALLS; i++) {
			late();
		}
		assertThat(this.breaker.askOnSchedule()).isNull();
		advance(Breaker.PROBE_INTERVAL);
		Attempt probe = Objects.requireNonNull(this.breaker.askOnSchedule());
		assertThat(probe.isProbe()).isTrue();
		assertThat(this.breaker.askOnSchedule()).isNull();
		assertThat(this.breaker.ask()).isNull();
		probe.answered();
		assertThat(this.breaker.isOpen()).isFalse();
	}

	@Test
	void scheduleAsksAServerThatDecidesOnlyWhereNothingWasAnsweredOfLate() {
		assertThat(Objects.requireNonNull(this.breaker.askOnSchedule()).isProbe()).isFalse();
		ask().answered();
		assertThat(this.breaker.askOnSchedule()).isNull();
		assertThat(this.breaker.askOnSchedule()).isNotNull();
	}

	@Test
	void refusalIsLoggedAgainAfterARequestWasAnsweredButNotAfterAProbe() {
		assertThat(log(() -> {
			refuse();
			for (int i = 0; i < 3; i++) {
				advance(Breaker.PROBE_INTERVAL);
				Objects.requireNonNull(this.breaker.askOnSchedule()).answered();
				assertThat(this.breaker.isOpen()).isFalse();
				refuse();
			}
		})).containsExactly("The store is unavailable");
		assertThat(log(() -> {
			advance(Breaker.PROBE_INTERVAL);
			Objects.requireNonNull(this.breaker.askOnSchedule()).answered();
			ask().answered();
			refuse();
		})).containsExactly("The store is available again", "The store is unavailable");
	}

	@Test
	void outageIsOverWhereNothingIsRefusedForAWhile() {
		assertThat(log(() -> {
			refuse();
			advance(Breaker.PROBE_INTERVAL);
			Objects.requireNonNull(this.breaker.askOnSchedule()).answered();
			advance(Breaker.PASSED.minusNanos(1));
			this.breaker.askOnSchedule();
		})).containsExactly("The store is unavailable");
		assertThat(log(() -> {
			advance(Duration.ofNanos(1));
			this.breaker.askOnSchedule();
		})).containsExactly("The store is available again");
	}

	@Test
	void serverThatWasAwayIsBackWhenAProbeIsAnswered() {
		assertThat(log(() -> {
			ask().failed("Connection refused", null, false);
			advance(Breaker.PROBE_INTERVAL);
			Objects.requireNonNull(this.breaker.askOnSchedule()).answered();
		})).containsExactly("The store is unavailable", "The store is available again");
	}

	private static List<String> log(Runnable task) {
		Logger logger = (Logger) LoggerFactory.getLogger(Breaker.class);
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		logger.addAppender(appender);
		logger.setLevel(Level.INFO);
		try {
			task.run();
		}
		finally {
			logger.setLevel(null);
			logger.detachAppender(appender);
		}
		return appender.list.stream().map((event) -> event.getFormattedMessage().replaceAll(":.*", "")).toList();
	}

	private void refuse() {
		ask().failed("NOPERM", "allow it", false);
	}

	private Attempt ask() {
		return Objects.requireNonNull(this.breaker.ask());
	}

	private void late() {
		ask().failed("no answer", null, true);
	}

	private void advance(Duration duration) {
		this.clock.addAndGet(duration.toNanos());
	}

}
