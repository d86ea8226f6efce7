package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.Rate;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a {@link RedisCacheBackend} does while its server is away.
 */
class RedisOutageTests {

	private static final Duration TIMEOUT = Duration.ofMillis(500);

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Policy WIDE = Policy.of("wide", Rate.parse("1000000/hour"));

	private static final Policy NARROW = Policy.of("narrow", Rate.parse("3/hour"));

	private RedisProcess redis;

	private final List<RedisCacheBackend> backends = new ArrayList<>();

	@BeforeEach
	void start() {
		this.redis = RedisProcess.start();
	}

	@AfterEach
	void stop() {
		this.backends.forEach(RedisCacheBackend::close);
		this.redis.close();
	}

	@Test
	void suspendedServerCostsOneTimeoutAndRecordsNothingAfterwards() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		AtomicBoolean running = new AtomicBoolean(true);
		AtomicLong slowest = new AtomicLong();
		AtomicInteger slow = new AtomicInteger();
		ExecutorService threads = Executors.newFixedThreadPool(9);
		List<Future<?>> load = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			Quota quota = new Quota(Client.user("user-" + i), WIDE);
			load.add(threads.submit(() -> {
				while (running.get()) {
					long start = System.nanoTime();
					assertThat(backend.decide(quota).allowed()).isTrue();
					long took = System.nanoTime() - start;
					slowest.accumulateAndGet(took, Math::max);
					if (took > TIMEOUT.toNanos() * 9 / 10) {
						slow.incrementAndGet();
					}
					LockSupport.parkNanos(1_000_000);
				}
			}));
		}
		AtomicLong stall = new AtomicLong();
		load.add(threads.submit(() -> {
			while (running.get()) {
				long start = System.nanoTime();
				LockSupport.parkNanos(1_000_000);
				stall.accumulateAndGet(System.nanoTime() - start, Math::max);
			}
		}));
		this.redis.suspend();
		Quota late = new Quota(Client.user("late"), NARROW);
		sleep(Duration.ofMillis(3500));
		for (int i = 0; i < 100; i++) {
			backend.decide(late);
		}
		running.set(false);
		for (Future<?> future : load) {
			future.get();
		}
		threads.shutdown();
		this.redis.resume();
		await(() -> isCountedByRedis(backend, "late"));
		System.out.println("Suspended: slowest decision " + slowest.get() / 1_000_000 + " ms, slow ones " + slow.get()
				+ ", longest stall of an idle thread " + stall.get() / 1_000_000 + " ms");
		assertThat(Duration.ofNanos(slowest.get())).isLessThan(TIMEOUT.plusMillis(50).plusNanos(stall.get()));
		assertThat(slow.get()).as("those under way when the server stopped, then one a second")
			.isLessThanOrEqualTo(9 + 5);
		Outcome outcome = backend.decide(late);
		assertThat(outcome.decidedAt()).isNotNull();
		assertThat(outcome.remaining()).isEqualTo(1);
	}

	@Test
	void countingIsSharedAgainWithinTwoSecondsOfTheServersReturn() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.LOCAL);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.suspend();
		backend.decide(new Quota(Client.user("alice"), WIDE));
		assertThat(isCountedByRedis(backend, "alice")).isFalse();
		this.redis.resume();
		long resumed = System.nanoTime();
		await(() -> isCountedByRedis(backend, "alice"));
		assertThat(Duration.ofNanos(System.nanoTime() - resumed)).isLessThan(Duration.ofSeconds(2));
	}

	@Test
	void killedServerIsReplacedByLocalCountingUntilItIsRestarted() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.LOCAL);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.kill();
		Quota quota = new Quota(Client.user("alice"), NARROW);
		int admitted = 0;
		for (int i = 0; i < 10; i++) {
			admitted += backend.decide(quota).allowed() ? 1 : 0;
		}
		assertThat(admitted).isEqualTo(3);
		this.redis.restart();
		await(() -> isCountedByRedis(backend, "bob"));
	}

	@Test
	void applicationStartsWhileTheServerIsDown() throws Exception {
		this.redis.kill();
		RedisCacheBackend backend = backend(OnFailure.DENY);
		assertThatExceptionOfType(BackendUnavailableException.class)
			.isThrownBy(() -> backend.decide(new Quota(Client.user("alice"), WIDE)));
		this.redis.restart();
		await(() -> {
			try {
				return isCountedByRedis(backend, "alice");
			}
			catch (BackendUnavailableException ex) {
				return false;
			}
		});
	}

	@Test
	void requestThatWaitedInVainForTheConnectionRecordsNothing() throws Exception {
		CompletableFuture<RedisConnection> opening = new CompletableFuture<>();
		RedisConnector connector = RedisFixture.connector(this.redis.uri());
		RedisCacheBackend backend = backend(OnFailure.ALLOW, new RedisConnector() {

			@Override
			public CompletableFuture<RedisConnection> connect() {
				return opening;
			}

			@Override
			public boolean isCluster() {
				return false;
			}

			@Override
			public void close() {
				connector.close();
			}

		});
		Quota late = new Quota(Client.user("late"), NARROW);
		assertThat(backend.decide(late).decidedAt()).isNull();
		opening.complete(connector.connect().get());
		await(() -> isCountedByRedis(backend, "warm-up"));
		assertThat(backend.decide(late).remaining()).isEqualTo(2);
	}

	@Test
	void requestThatIsInterruptedIsNoOutageForOthers() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		Thread.currentThread().interrupt();
		backend.decide(new Quota(Client.user("alice"), WIDE));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(isCountedByRedis(backend, "bob")).isTrue();
	}

	@Test
	void scriptThatTheServerHasForgottenIsSentAgain() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.DENY);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.command("SCRIPT FLUSH");
		assertThat(isCountedByRedis(backend, "alice")).isTrue();
	}

	@Test
	void fullServerIsAnOutage() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.LOCAL);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.command("CONFIG SET maxmemory 1");
		assertThat(isCountedByRedis(backend, "alice")).isFalse();
		this.redis.command("CONFIG SET maxmemory 0");
		await(() -> isCountedByRedis(backend, "alice"));
	}

	private RedisCacheBackend backend(OnFailure onFailure) {
		return backend(onFailure, RedisFixture.connector(this.redis.uri()));
	}

	private RedisCacheBackend backend(OnFailure onFailure, RedisConnector connector) {
		RedisCacheBackend backend = RedisCacheBackend.builder(connector, MemoryCacheBackend.builder().build())
			.timeout(TIMEOUT)
			.onFailure((policy) -> onFailure)
			.build();
		this.backends.add(backend);
		return backend;
	}

	private static boolean isCountedByRedis(RedisCacheBackend backend, String user) {
		return backend.decide(new Quota(Client.user(user), (user.equals("late")) ? NARROW : WIDE)).decidedAt() != null;
	}

	private static void await(BooleanSupplier condition) throws Exception {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).as("time is up").isLessThan(end);
			sleep(Duration.ofMillis(20));
		}
	}

	private static void sleep(Duration duration) throws InterruptedException {
		Thread.sleep(duration.toMillis());
	}

}
