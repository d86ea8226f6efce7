package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.Driver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.function.Executable;

/**
 * Tests with a server of their own, which goes away.
 */
@Tag("integration")
abstract class AbstractRedisOutageTests {

	static final Duration TIMEOUT = Duration.ofMillis(500);

	static final Duration PATIENCE = Duration.ofSeconds(20);

	static final Policy WIDE = Policy.of("wide", Rate.parse("1000000/hour"));

	static final Policy NARROW = Policy.of("narrow", Rate.parse("3/hour"));

	RedisProcess redis;

	final List<RedisCacheBackend> backends = new ArrayList<>();

	Driver driver() {
		return Driver.SYNC;
	}

	@BeforeEach
	void start() {
		this.redis = RedisProcess.start();
	}

	@AfterEach
	void stop() {
		this.backends.forEach(RedisCacheBackend::close);
		this.redis.close();
	}

	static void run(Executable executable) throws Exception {
		try {
			executable.execute();
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	RedisCacheBackend backend(OnFailure onFailure) {
		return backend(onFailure, RedisFixture.connector(this.redis.uri()));
	}

	RedisCacheBackend backend(OnFailure onFailure, RedisConnector connector) {
		RedisCacheBackend backend = RedisCacheBackend.builder(connector, MemoryCacheBackend.builder().build())
			.timeout(TIMEOUT)
			.onFailure((policy) -> onFailure)
			.build();
		this.backends.add(backend);
		return backend;
	}

	boolean isCountedByRedis(RedisCacheBackend backend, String user) {
		return driver().decide(backend, new Quota(Client.user(user), (user.equals("late")) ? NARROW : WIDE))
			.decidedAt() != null;
	}

	static void await(Callable<Boolean> condition) {
		RedisFixture.await(PATIENCE, condition);
	}

	static void sleep(Duration duration) throws InterruptedException {
		Thread.sleep(duration.toMillis());
	}

}
