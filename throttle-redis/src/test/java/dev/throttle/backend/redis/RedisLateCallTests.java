package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.store.Driver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a {@link RedisCacheBackend} does where some calls are late, and the server is not
 * away.
 */
@Tag("integration")
class RedisLateCallTests {

	private static final Duration TIMEOUT = Duration.ofMillis(300);

	private static final Duration LONGER = TIMEOUT.plusMillis(100);

	private static final Policy FIFTY = Policy.of("fifty", Rate.parse("50/hour"));

	private RedisProcess redis;

	private SilentRelay relay;

	private RedisCacheBackend backend;

	Driver driver() {
		return Driver.SYNC;
	}

	@BeforeEach
	void start() throws IOException {
		this.redis = RedisProcess.start();
		this.relay = new SilentRelay(this.redis.port());
		this.backend = RedisCacheBackend
			.builder(RedisFixture.connector(this.relay.uri()), MemoryCacheBackend.builder().build())
			.timeout(TIMEOUT)
			.knownDenials(Duration.ZERO)
			.build();
		RedisFixture.await(Duration.ofSeconds(20), () -> isCountedByRedis("warm-up"));
	}

	@AfterEach
	void stop() throws IOException {
		this.backend.close();
		this.relay.close();
		this.redis.close();
	}

	@Test
	void oneLateCallInTwoHundredLeavesAllOthersToRedis() {
		int admitted = 0;
		int local = 0;
		int slow = 0;
		for (int i = 0; i < 1000; i++) {
			if (i % 200 == 100) {
				this.relay.hold(LONGER);
			}
			long start = System.nanoTime();
			Outcome outcome = driver().decide(this.backend, new Quota(Client.user("alice"), FIFTY));
			slow += (System.nanoTime() - start >= TIMEOUT.toNanos()) ? 1 : 0;
			admitted += outcome.isAllowed() ? 1 : 0;
			local += (outcome.decidedAt() == null) ? 1 : 0;
		}
		assertThat(local).as("answered without Redis, of %s that were slow", slow).isBetween(5, slow);
		assertThat(admitted).isEqualTo(50 + local);
	}

	@Test
	void serverThatPausesIsAskedAgainAsSoonAsItAnswers() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(16);
		this.redis.suspend();
		long paused = System.nanoTime();
		List<Future<?>> late = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			late.add(threads.submit(() -> isCountedByRedis("bob")));
		}
		for (Future<?> each : late) {
			each.get();
		}
		assertThat(this.backend.isAvailable()).isFalse();
		Future<Boolean> first = threads.submit(() -> isCountedByRedis("carol"));
		Thread.sleep(50);
		this.redis.resume();
		assertThat(first.get()).isTrue();
		assertThat(isCountedByRedis("dave")).isTrue();
		assertThat(Duration.ofNanos(System.nanoTime() - paused)).isLessThan(TIMEOUT.plusSeconds(1));
		threads.shutdown();
	}

	private boolean isCountedByRedis(String user) {
		return driver().decide(this.backend, new Quota(Client.user(user), FIFTY)).decidedAt() != null;
	}

}
