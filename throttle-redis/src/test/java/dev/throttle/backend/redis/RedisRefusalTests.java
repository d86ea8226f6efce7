package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Client;
import dev.throttle.backend.Quota;
import dev.throttle.backend.remote.OnFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a {@link RedisCacheBackend} does while its server answers, but refuses to count.
 */
class RedisRefusalTests extends AbstractRedisOutageTests {

	/** Longer than it takes until the server is asked once more. */
	private static final Duration UNTIL_PROBED = Duration.ofMillis(1300);

	@Test
	void fullServerIsAnOutage() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.LOCAL);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.command("CONFIG SET maxmemory 1");
		assertThat(isCountedByRedis(backend, "alice")).isFalse();
		this.redis.command("CONFIG SET maxmemory 0");
		await(() -> isCountedByRedis(backend, "alice"));
	}

	@Test
	void replicaIsAnOutageUntilItIsAMaster() throws Exception {
		try (RedisProcess replica = RedisProcess.start("--replicaof", "127.0.0.1",
				Integer.toString(this.redis.port()))) {
			await(() -> replica.field("INFO replication", "master_link_status").equals("up"));
			List<String> said = log(() -> {
				RedisCacheBackend backend = backend(OnFailure.LOCAL, RedisFixture.connector(replica.uri()));
				Quota quota = new Quota(Client.user("alice"), NARROW);
				for (int i = 0; i < 3; i++) {
					assertThat(driver().decide(backend, quota).decidedAt()).isNull();
				}
				assertThat(driver().decide(backend, quota).isAllowed()).isFalse();
				sleep(UNTIL_PROBED);
				assertThat(isCountedByRedis(backend, "bob")).isFalse();
				replica.command("REPLICAOF NO ONE");
				await(() -> isCountedByRedis(backend, "bob"));
			});
			assertThat(said).filteredOn((line) -> line.contains("read-only replica")).hasSize(1);
		}
	}

	@Test
	void masterThatIsDemotedIsAnOutageUntilItIsAMasterAgain() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.LOCAL);
		await(() -> isCountedByRedis(backend, "alice"));
		this.redis.command("REPLICAOF 127.0.0.1 1");
		assertThat(isCountedByRedis(backend, "alice")).isFalse();
		this.redis.command("REPLICAOF NO ONE");
		await(() -> isCountedByRedis(backend, "alice"));
	}

	@Test
	void wrongPasswordIsSaidOnce() throws Exception {
		this.redis.command("CONFIG SET requirepass right");
		List<String> said = log(() -> {
			RedisCacheBackend backend = backend(OnFailure.LOCAL,
					RedisFixture.connector("redis://:wrong@127.0.0.1:" + this.redis.port()));
			sleep(Duration.ofMillis(500));
			denyUntilProbed(backend);
		});
		assertThat(said).filteredOn((line) -> line.contains("is unavailable"))
			.singleElement()
			.asString()
			.contains("correct the connection's user name and password", "WRONGPASS");
	}

	private void denyUntilProbed(RedisCacheBackend backend) throws InterruptedException {
		long end = System.nanoTime() + UNTIL_PROBED.toNanos();
		while (System.nanoTime() - end < 0) {
			assertThat(isCountedByRedis(backend, "alice")).isFalse();
			sleep(Duration.ofMillis(50));
		}
	}

	@Test
	void missingPasswordIsSaid() throws Exception {
		this.redis.command("CONFIG SET requirepass right");
		List<String> said = log(() -> {
			RedisCacheBackend backend = backend(OnFailure.LOCAL);
			sleep(Duration.ofMillis(500));
			assertThat(isCountedByRedis(backend, "alice")).isFalse();
		});
		assertThat(said).anyMatch((line) -> line.contains("correct the connection's user name and password"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "~throttle:* +@all -evalsha", "~throttle:* +@all -eval", "~other:* +@all",
			"~throttle:* +@all -setrange", "~throttle:* +@all -set" })
	void missingPermissionIsSaidOnce(String permissions) throws Exception {
		this.redis.command("ACL SETUSER app on >secret " + permissions);
		List<String> said = log(() -> {
			RedisCacheBackend backend = backend(OnFailure.LOCAL,
					RedisFixture.connector("redis://app:secret@127.0.0.1:" + this.redis.port()));
			sleep(Duration.ofMillis(500));
			denyUntilProbed(backend);
			this.redis.command("ACL SETUSER app ~throttle:* +@all");
			await(() -> isCountedByRedis(backend, "alice"));
		});
		assertThat(said).filteredOn((line) -> line.contains("is unavailable"))
			.singleElement()
			.asString()
			.contains("the user lacks a permission");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-evalsha", "-eval", "-getrange" })
	void probeIsRefusedAsRequestsAre(String permission) throws Exception {
		this.redis.command("ACL SETUSER app on >secret ~throttle:* +@all " + permission);
		RedisCacheBackend backend = backend(OnFailure.LOCAL,
				RedisFixture.connector("redis://app:secret@127.0.0.1:" + this.redis.port()));
		await(() -> !isCountedByRedis(backend, "alice") && !backend.isAvailable());
		long end = System.nanoTime() + UNTIL_PROBED.toNanos();
		while (System.nanoTime() - end < 0) {
			assertThat(backend.isAvailable()).isFalse();
			sleep(Duration.ofMillis(10));
		}
		this.redis.command("ACL SETUSER app ~throttle:* +@all");
		await(backend::isAvailable);
	}

	@Test
	void serverWithoutScriptsIsSaid() throws Exception {
		try (RedisProcess odd = RedisProcess.start("--rename-command", "EVAL", "NO")) {
			List<String> said = log(() -> {
				RedisCacheBackend backend = backend(OnFailure.LOCAL, RedisFixture.connector(odd.uri()));
				sleep(Duration.ofMillis(500));
				assertThat(isCountedByRedis(backend, "alice")).isFalse();
			});
			assertThat(said).anyMatch((line) -> line.contains("cannot run the script"));
		}
	}

	@Test
	void serverThatRefusesIsNotAskedByEachRequest() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.command("CONFIG SET maxmemory 1");
		long connections = received();
		long end = System.nanoTime() + UNTIL_PROBED.toNanos();
		for (int i = 0; System.nanoTime() - end < 0; i++) {
			assertThat(isCountedByRedis(backend, "user-" + i)).isFalse();
			LockSupport.parkNanos(200_000);
		}
		assertThat(received() - connections).isLessThan(4);
		this.redis.command("CONFIG SET maxmemory 0");
		await(() -> isCountedByRedis(backend, "after"));
	}

	private long received() {
		return Long.parseLong(this.redis.field("INFO stats", "total_connections_received"));
	}

	@Test
	void keyThatSomethingElseWroteHurtsNoOtherClient() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.command("LPUSH throttle:{user:poison}:wide x");
		for (int i = 0; i < 100; i++) {
			assertThat(isCountedByRedis(backend, "poison")).isFalse();
			assertThat(isCountedByRedis(backend, "user-" + i)).isTrue();
		}
	}

	private static List<String> log(Executable executable) throws Exception {
		Logger logger = (Logger) LoggerFactory.getLogger("dev.throttle.backend.remote.Breaker");
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		logger.addAppender(appender);
		try {
			run(executable);
		}
		finally {
			logger.detachAppender(appender);
		}
		return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

}
