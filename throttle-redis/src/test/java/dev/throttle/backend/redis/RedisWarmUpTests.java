package dev.throttle.backend.redis;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.RemoteBackendListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link RedisCacheBackend#warmUp} does before the first request.
 */
@Tag("integration")
class RedisWarmUpTests {

	private static final Duration AT_MOST = Duration.ofSeconds(2);

	private static final Policy WIDE = Policy.of("wide", Rate.parse("1000000/hour"));

	private RedisProcess redis;

	private SilentRelay relay;

	private final List<RedisCacheBackend> backends = new ArrayList<>();

	@BeforeEach
	void start() throws IOException {
		this.redis = RedisProcess.start();
		this.relay = new SilentRelay(this.redis.port());
	}

	@AfterEach
	void stop() throws IOException {
		this.backends.forEach(RedisCacheBackend::close);
		this.relay.close();
		this.redis.close();
	}

	@Test
	void serverKnowsTheScriptAndKeepsNothing() throws IOException {
		RedisCacheBackend backend = backend();
		List<Boolean> told = new ArrayList<>();
		backend.addListener(new RemoteBackendListener() {

			@Override
			public void asked(boolean answered, long nanos) {
				told.add(answered);
			}

		});
		backend.warmUp(AT_MOST);
		assertThat(this.redis.field("INFO memory", "number_of_cached_scripts"))
			.as("to decide and to settle, and that of a scheduled check on a busy machine")
			.isIn("2", "3");
		assertThat(this.redis.command("KEYS *")).startsWith("*0");
		assertThat(told).isEmpty();
		assertThat(isCountedByRedis(backend)).isTrue();
	}

	@Test
	void lateAnswerToAFreshInstanceIsWaitedFor() {
		RedisCacheBackend cold = backend();
		RedisFixture.await(Duration.ofSeconds(20), () -> isCountedByRedis(cold));
		this.relay.hold(Duration.ofMillis(400));
		assertThat(isCountedByRedis(cold)).isFalse();
		RedisCacheBackend warm = backend();
		warm.warmUp(AT_MOST);
		this.relay.hold(Duration.ofMillis(400));
		assertThat(isCountedByRedis(warm)).isTrue();
	}

	@Test
	void serverThatIsDownIsNotWaitedFor() {
		this.redis.kill();
		RedisCacheBackend backend = backend(this.redis.uri());
		long start = System.nanoTime();
		backend.warmUp(Duration.ofSeconds(20));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
		assertThat(backend.isAvailable()).isFalse();
	}

	@Test
	void serverThatHangsIsWaitedForOnceAndNotByTheFirstRequest() {
		this.redis.suspend();
		RedisCacheBackend backend = backend(this.redis.uri());
		backend.warmUp(Duration.ofMillis(500));
		assertThat(backend.isAvailable()).isFalse();
		assertThat(isCountedByRedis(backend)).isFalse();
		this.redis.resume();
		RedisFixture.await(Duration.ofSeconds(20), () -> isCountedByRedis(backend));
	}

	@Test
	void threadsDoNotKeepTheClassLoaderOfTheirCreator() throws IOException {
		Thread caller = Thread.currentThread();
		ClassLoader before = caller.getContextClassLoader();
		Set<ClassLoader> found = ConcurrentHashMap.newKeySet();
		try (URLClassLoader application = new URLClassLoader(new URL[0], before);
				RedisCacheBackend backend = RedisCacheBackend
					.builder(new WatchedConnector(RedisFixture.connector(this.redis.uri()), () -> {
						if (Thread.currentThread().getName().equals("throttle-warm-up")) {
							found.add(Thread.currentThread().getContextClassLoader());
						}
					}), MemoryCacheBackend.builder().build())
					.build()) {
			caller.setContextClassLoader(application);
			backend.warmUp(AT_MOST);
		}
		finally {
			caller.setContextClassLoader(before);
		}
		assertThat(found).containsExactly(WarmUp.class.getClassLoader());
	}

	private RedisCacheBackend backend() {
		return backend(this.relay.uri());
	}

	private RedisCacheBackend backend(String uri) {
		RedisCacheBackend backend = RedisCacheBackend
			.builder(RedisFixture.connector(uri), MemoryCacheBackend.builder().build())
			.prefix("shop")
			.build();
		this.backends.add(backend);
		return backend;
	}

	private static boolean isCountedByRedis(RedisCacheBackend backend) {
		return backend.decide(new Quota(Client.user("alice"), WIDE)).get(0).decidedAt() != null;
	}

}
