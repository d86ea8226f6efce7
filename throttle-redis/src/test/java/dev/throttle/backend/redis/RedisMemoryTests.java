package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said while clients fill the memory of a server, and what a client takes of it.
 */
@Tag("integration")
class RedisMemoryTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Policy POLICY = Policy.of("tenant", Rate.parse("100/hour"));

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger(MemoryWatch.class);

	private RedisProcess redis;

	private RedisCacheBackend backend;

	@BeforeEach
	void start() {
		this.redis = RedisProcess.start();
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void stop() {
		this.logger.detachAppender(this.log);
		if (this.backend != null) {
			this.backend.close();
		}
		this.redis.close();
	}

	@Test
	void serverThatIsNearlyFullIsNamedBeforeItIsFull() throws IOException {
		long used = usedMemory();
		this.redis.command("CONFIG SET maxmemory " + used * 10 / 9);
		this.backend = unasked(this.redis.uri());
		RedisFixture.await(PATIENCE, () -> !this.log.list.isEmpty());
		assertThat(this.log.list).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.startsWith("Redis has used ")
			.contains("Raise maxmemory", "about 250 bytes");
	}

	@Test
	void serverThatStaysNearlyFullIsNamedOnceAnHour() throws IOException {
		this.redis.command("CONFIG SET maxmemory " + usedMemory() * 10 / 9);
		AtomicLong nanos = new AtomicLong();
		try (CurrentSession session = new CurrentSession(RedisFixture.connector(this.redis.uri()),
				(connection) -> new Session(connection, true, null))) {
			session.get().join();
			MemoryWatch watch = new MemoryWatch(session, new RedisKeys("throttle", null), "The server", nanos::get);
			long asked = infos();
			look(watch, asked + 1);
			nanos.addAndGet(Duration.ofSeconds(4).toNanos());
			look(watch, asked + 1);
			nanos.addAndGet(Duration.ofSeconds(1).toNanos());
			look(watch, asked + 2);
			nanos.addAndGet(Duration.ofMinutes(59).toNanos());
			look(watch, asked + 3);
			assertThat(this.log.list).hasSize(1);
			nanos.addAndGet(Duration.ofMinutes(1).toNanos());
			look(watch, asked + 4);
			RedisFixture.await(PATIENCE, () -> this.log.list.size() == 2);
		}
	}

	private void look(MemoryWatch watch, long asked) {
		watch.check();
		RedisFixture.await(PATIENCE, () -> infos() == asked);
	}

	private long infos() {
		return Stream.of(this.redis.field("INFO commandstats", "cmdstat_eval"))
			.filter((stat) -> !stat.isEmpty())
			.mapToLong((stat) -> Long.parseLong(stat.replaceAll("calls=(\\d+),.*", "$1")))
			.sum();
	}

	@Test
	void clientThatIsMadeUpTakesSome250Bytes() {
		this.backend = RedisFixture.patientBackend(this.redis.uri());
		decide(0);
		long before = usedMemory();
		for (int i = 1; i <= 5000; i++) {
			decide(i);
		}
		assertThat((usedMemory() - before) / 5000).isBetween(150L, 280L);
	}

	@Test
	void serverThatDoesNotTellIsCountedIn() throws IOException {
		this.redis.command("ACL SETUSER app on >secret ~throttle:* +@all -info");
		this.backend = unasked("redis://app:secret@127.0.0.1:" + this.redis.port());
		RedisFixture.await(PATIENCE,
				() -> this.redis.command("INFO commandstats").contains("cmdstat_eval:") && this.backend.isAvailable());
		decide(0);
		assertThat(this.log.list).isEmpty();
	}

	private static RedisCacheBackend unasked(String uri) {
		return RedisCacheBackend.builder(RedisFixture.connector(uri), MemoryCacheBackend.builder().build()).build();
	}

	private void decide(int client) {
		String ident = "made-up-" + (100_000 + client);
		assertThat(this.backend.decide(new Quota(Client.of("tenant", ident), POLICY)).get(0).isAllowed()).isTrue();
	}

	private long usedMemory() {
		return Long.parseLong(this.redis.field("INFO memory", "used_memory"));
	}

}
