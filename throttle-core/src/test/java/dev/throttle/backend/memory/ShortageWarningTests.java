package dev.throttle.backend.memory;

import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class ShortageWarningTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger(MemoryCacheBackend.class);

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final ThrottleClock clock = new ThrottleClock(Long.MAX_VALUE - 5);

	private final EntryBudget budget = new EntryBudget(10);

	private final ClientStore store = new ClientStore(2, this.budget, this.clock);

	private final ShortageWarning warning = new ShortageWarning(this.store, this.budget, this.clock);

	@BeforeEach
	void startLog() {
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void stopLog() {
		this.logger.detachAppender(this.log);
	}

	@Test
	void nothingIsSaidWhileThereIsRoom() {
		count("alice", 1);
		count("bob", 1);
		this.warning.check();
		this.clock.advance(Duration.ofMinutes(5));
		this.store.sweep();
		count("carol", 1);
		this.warning.check();
		assertThat(messages()).isEmpty();
	}

	@Test
	void forgottenClientsAreSaidAtMostOnceAMinute() {
		for (int i = 0; i < 5; i++) {
			count("client" + i, 1);
		}
		this.warning.check();
		assertThat(messages()).singleElement()
			.asString()
			.contains("Evicted clients: 3, ", "shared history: 0, ", "merged entries: 0.", "max-clients (now 2 of 2)",
					"max-entries (now 2 of 10)");
		assertThat(this.log.list.get(0).getLevel()).isEqualTo(Level.WARN);
		count("another", 1);
		this.clock.advance(Duration.ofMinutes(1).minusNanos(1));
		this.warning.check();
		assertThat(messages()).hasSize(1);
		this.clock.advance(Duration.ofNanos(1));
		this.warning.check();
		assertThat(messages()).hasSize(2).last().asString().contains("Evicted clients: 1, ");
		this.clock.advance(Duration.ofMinutes(2));
		this.warning.check();
		assertThat(messages()).hasSize(2);
	}

	@Test
	void requestsInTheSharedHistoryAreSaid() {
		count("alice", 3);
		count("bob", 3);
		count("carol", 1);
		count("dave", 1);
		this.warning.check();
		assertThat(messages()).singleElement()
			.asString()
			.contains("Evicted clients: 0, ", "requests counted in a shared history: 2, ");
	}

	@Test
	void mergedEntriesAreSaid() {
		History history = this.store.obtain(Client.user("alice")).obtain(quota("alice"));
		for (int i = 0; i < 20; i++) {
			history.record(1, this.clock.nanos(), this.budget);
		}
		this.warning.check();
		assertThat(messages()).singleElement()
			.asString()
			.contains("merged entries: 10.", "throttle.memory.max-entries (now 11 of 10)");
	}

	@Test
	void backendSaysItInTheBackground() {
		try (MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).maxClients(1).build()) {
			backend.decide(quota("alice"));
			backend.decide(quota("bob"));
			backend.sweep();
			assertThat(messages()).singleElement().asString().contains("Evicted clients: 1, ");
		}
	}

	private void count(String client, int times) {
		ClientHistories histories = this.store.obtain(Client.user(client));
		Quota quota = quota(client);
		for (int i = 0; i < times; i++) {
			histories.obtain(quota).record(1, this.clock.nanos(), this.budget);
		}
	}

	private static Quota quota(String client) {
		return new Quota(Client.user(client), Policy.of("user", Rate.parse("3/min")));
	}

	private List<String> messages() {
		return this.log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

}
