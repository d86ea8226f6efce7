package dev.throttle.web;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Verdict;
import dev.throttle.engine.Decision;
import dev.throttle.engine.SecretIdents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DenialLog} and {@link ThrottledEvent}.
 */
class DenialLogTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger(DenialLog.LOGGER);

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	private final DenialLog log = new DenialLog(this.nanos::get);

	@BeforeEach
	void listen() {
		this.lines.start();
		this.logger.addAppender(this.lines);
		this.logger.setLevel(Level.INFO);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.lines);
		this.logger.setLevel(null);
	}

	@Test
	void lineSaysWhatWasDeniedAndNotWho() {
		this.log.onApplicationEvent(event(Decisions.of(Decisions.denied("uploads", "5/min", Duration.ofMillis(41_001)),
				Decisions.allowed("uploads-day", "9/day", 3, Duration.ofHours(1)))));
		ILoggingEvent line = this.lines.list.get(0);
		assertThat(line.getFormattedMessage()).isEqualTo("Denied by uploads: UploadController.upload");
		assertThat(line.getLevel()).isEqualTo(Level.INFO);
		assertThat(line.getKeyValuePairs()).filteredOn((pair) -> !pair.key.equals("throttle.client"))
			.extracting(KeyValuePair::toString)
			.containsExactly("throttle.denied_by=\"asking\"", "throttle.scope=\"uploads\"",
					"throttle.policy=\"uploads\"", "throttle.handler=\"UploadController.upload\"",
					"throttle.wait_seconds=\"42\"");
		assertThat(line.getKeyValuePairs()).filteredOn((pair) -> pair.key.equals("throttle.client"))
			.singleElement()
			.satisfies((pair) -> assertThat(pair.value.toString()).hasSize(22).doesNotContain("ada"));
	}

	@Test
	void lineSaysWhichPlanTheClientHas() {
		ThrottledEvent event = event(
				Decisions.ofPlan("pro", Decisions.denied("uploads", "5/min", Duration.ofSeconds(1))));
		this.log.onApplicationEvent(event);
		assertThat(event.getPlan()).isEqualTo("pro");
		assertThat(this.lines.list.get(0).getKeyValuePairs()).extracting(KeyValuePair::toString)
			.contains("throttle.plan=\"pro\"");
	}

	@Test
	void clientHasTheSameHashInEveryEvent() {
		Decision decision = Decisions.of(Decisions.denied("uploads", "5/min", Duration.ofSeconds(1)),
				Decisions.denied("uploads-day", "5/day", Duration.ofSeconds(1)));
		assertThat(event(decision).getClients()).hasSize(1).isEqualTo(event(decision).getClients());
		SecretIdents other = SecretIdents.withKey("other");
		assertThat(new ThrottledEvent(this, decision, other, null).getClients())
			.doesNotContainAnyElementsOf(event(decision).getClients());
	}

	@Test
	void furtherRateOfAScopeIsNamedAsItsPolicy() {
		ThrottledEvent event = event(Decisions.denied("uploads", "5/min, 9/day"));
		assertThat(event.getScopes()).containsExactly("uploads");
		assertThat(event.getViolatedPolicies()).containsExactly("uploads", "uploads-day");
		assertThat(event).hasToString("Denied by uploads, uploads-day: UploadController.upload");
	}

	@Test
	void denialByNoRateHasNoScope() {
		ThrottledEvent event = new ThrottledEvent(this, Decisions.of((request) -> Verdict.deny()),
				SecretIdents.withRandomKey(), null);
		this.log.onApplicationEvent(event);
		assertThat(this.lines.list.get(0).getFormattedMessage()).isEqualTo("Denied by custom: no handler method");
		assertThat(this.lines.list.get(0).getKeyValuePairs()).extracting((pair) -> pair.key)
			.containsExactly("throttle.denied_by");
	}

	@Test
	void floodOfDenialsIsNoFloodOfLines() {
		ThrottledEvent event = event(Decisions.of(Decisions.denied("uploads", "5/min", Duration.ofSeconds(1))));
		for (int i = 0; i < 1000; i++) {
			this.log.onApplicationEvent(event);
		}
		assertThat(this.lines.list).hasSize(DenialLog.MAX_IN_A_SECOND);
		this.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
		this.log.onApplicationEvent(event);
		assertThat(this.lines.list).hasSize(DenialLog.MAX_IN_A_SECOND + 2);
		assertThat(this.lines.list.get(DenialLog.MAX_IN_A_SECOND).getFormattedMessage())
			.isEqualTo("990 denials were not logged");
		this.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
		this.log.onApplicationEvent(event);
		assertThat(this.lines.list).hasSize(DenialLog.MAX_IN_A_SECOND + 3);
	}

	@Test
	void logCanBeSwitchedOff() {
		this.logger.setLevel(Level.WARN);
		this.log.onApplicationEvent(event(Decisions.of(Decisions.denied("uploads", "5/min", Duration.ofSeconds(1)))));
		assertThat(this.lines.list).isEmpty();
	}

	private ThrottledEvent event(Decision decision) {
		return new ThrottledEvent(this, decision, SecretIdents.withKey("pepper"), "UploadController.upload");
	}

}
