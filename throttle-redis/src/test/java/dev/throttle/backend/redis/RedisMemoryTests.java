package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.Rate;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said while clients fill the memory of a server, and what a client takes of it.
 */
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
		this.backend.close();
		this.redis.close();
	}

	@Test
	void serverThatIsNearlyFullIsNamedBeforeItIsFull() throws IOException {
		long used = usedMemory();
		this.redis.command("CONFIG SET maxmemory " + used * 10 / 9);
		this.backend = follow(this.redis.uri());
		RedisFixture.await(PATIENCE, () -> !this.log.list.isEmpty());
		assertThat(this.log.list).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.startsWith("Redis has used ")
			.contains("Raise maxmemory", "some 250 bytes");
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
		this.backend = follow("redis://app:secret@127.0.0.1:" + this.redis.port());
		RedisFixture.await(PATIENCE,
				() -> this.redis.command("INFO commandstats").contains("cmdstat_eval:") && this.backend.available());
		decide(0);
		assertThat(this.log.list).isEmpty();
	}

	private static RedisCacheBackend follow(String uri) {
		RedisCacheBackend backend = RedisCacheBackend
			.builder(RedisFixture.connector(uri), MemoryCacheBackend.builder().build())
			.build();
		backend.rateOverrides().follow((overrides, now) -> {
		});
		return backend;
	}

	private void decide(int client) {
		String ident = "made-up-" + (100_000 + client);
		assertThat(this.backend.decide(new Quota(Client.of("tenant", ident), POLICY)).allowed()).isTrue();
	}

	private long usedMemory() {
		return Long.parseLong(this.redis.field("INFO memory", "used_memory"));
	}

}
