package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.throttle.Client;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.backend.remote.UndecidedException;
import dev.throttle.test.store.Driver;
import dev.throttle.test.store.IdleThread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a {@link RedisCacheBackend} does while its server is away.
 */
class RedisOutageTests extends AbstractRedisOutageTests {

	/**
	 * A network that lost something needs a new connection, which is tried every 2.5 s.
	 */
	private static final Duration RETURN = Duration.ofSeconds(5);

	@Test
	void suspendedServerCostsOneTimeoutAndRecordsNothingAfterwards() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		outage("Suspended", backend, this.redis::suspend, this.redis::resume);
		Outcome outcome = driver().decide(backend, new Quota(Client.user("late"), NARROW));
		assertThat(outcome.decidedAt()).isNotNull();
		assertThat(outcome.remaining()).isEqualTo(1);
	}

	@Test
	void killedServerCostsNoRequestMoreThanTheTimeout() throws Exception {
		outage("Killed", backend(OnFailure.ALLOW), this.redis::kill, this.redis::restart);
	}

	@Test
	void networkThatLosesEverythingCostsNoRequestMoreThanTheTimeout() throws Exception {
		try (SilentRelay relay = new SilentRelay(this.redis.port())) {
			outage("Lost", backend(OnFailure.ALLOW, RedisFixture.connector(relay.uri())), () -> relay.lose(true),
					() -> relay.lose(false));
		}
	}

	@Test
	void portThatAcceptsNoConnectionCostsNoRequestMoreThanTheTimeout() throws Exception {
		try (SilentRelay relay = new SilentRelay(this.redis.port())) {
			outage("Refused", backend(OnFailure.ALLOW, RedisFixture.connector(relay.uri())), relay::refuse,
					relay::accept);
		}
	}

	private void outage(String name, RedisCacheBackend backend, Executable begin, Executable end) throws Exception {
		await(() -> isCountedByRedis(backend, "warm-up"));
		AtomicBoolean running = new AtomicBoolean(true);
		AtomicLong slowest = new AtomicLong();
		AtomicInteger slow = new AtomicInteger();
		ExecutorService threads = Executors.newFixedThreadPool(8);
		List<Future<?>> load = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			Quota quota = new Quota(Client.user("user-" + i), WIDE);
			load.add(threads.submit(() -> {
				while (running.get()) {
					long start = System.nanoTime();
					assertThat(driver().decide(backend, quota).isAllowed()).isTrue();
					long took = System.nanoTime() - start;
					slowest.accumulateAndGet(took, Math::max);
					if (took > TIMEOUT.toNanos() * 9 / 10) {
						slow.incrementAndGet();
					}
					LockSupport.parkNanos(1_000_000);
				}
			}));
		}
		IdleThread idle = IdleThread.start();
		run(begin);
		Quota late = new Quota(Client.user("late"), NARROW);
		sleep(Duration.ofMillis(1500));
		for (int i = 0; i < 100; i++) {
			driver().decide(backend, late);
		}
		running.set(false);
		for (Future<?> future : load) {
			future.get();
		}
		threads.shutdown();
		Duration stall = idle.longestStall();
		run(end);
		long ended = System.nanoTime();
		await(() -> isCountedByRedis(backend, "late"));
		Duration back = Duration.ofNanos(System.nanoTime() - ended);
		idle.close();
		System.out.println(name + ": slowest decision " + slowest.get() / 1_000_000 + " ms, slow ones " + slow.get()
				+ ", longest stall of an idle thread " + stall.toMillis() + " ms, shared again after " + back.toMillis()
				+ " ms");
		// the caller, the driver and a worker may each be held up as long as the idle
		// thread
		assertThat(Duration.ofNanos(slowest.get())).isLessThan(TIMEOUT.plusMillis(50).plus(stall.multipliedBy(3)));
		assertThat(slow.get()).as("those under way when the server stopped, and then a few").isLessThanOrEqualTo(9 + 6);
		assertThat(back).isLessThan(RETURN.plus(idle.longestStall()));
	}

	@Test
	void countingIsSharedAgainWithinTwoSecondsOfTheServersReturn() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.LOCAL);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.suspend();
		driver().decide(backend, new Quota(Client.user("alice"), WIDE));
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
			admitted += driver().decide(backend, quota).isAllowed() ? 1 : 0;
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
			.isThrownBy(() -> driver().decide(backend, new Quota(Client.user("alice"), WIDE)));
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
		CompletableFuture<LettuceConnection> opening = new CompletableFuture<>();
		RedisConnector connector = RedisFixture.connector(this.redis.uri());
		RedisCacheBackend backend = backend(OnFailure.ALLOW, new RedisConnector() {

			@Override
			public CompletableFuture<LettuceConnection> connect() {
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
		assertThat(driver().decide(backend, late).decidedAt()).isNull();
		opening.complete(connector.connect().get());
		await(() -> isCountedByRedis(backend, "warm-up"));
		assertThat(driver().decide(backend, late).remaining()).isEqualTo(2);
	}

	@Test
	void requestThatIsInterruptedIsNoOutageForOthers() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		Thread.currentThread().interrupt();
		driver().decide(backend, new Quota(Client.user("alice"), WIDE));
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
	void serverThatFreezesBeforeTheFirstDecisionRecordsNothing() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		Thread.sleep(500);
		this.redis.suspend();
		Quota late = new Quota(Client.user("late"), NARROW);
		assertThat(driver().decide(backend, late).decidedAt()).isNull();
		this.redis.resume();
		await(() -> isCountedByRedis(backend, "warm-up"));
		assertThat(driver().decide(backend, late).remaining()).isEqualTo(2);
	}

	@Test
	void requestsThatShareACallHaveDeadlinesOfTheirOwn() throws Exception {
		RedisConnector connector = RedisFixture.connector(this.redis.uri());
		RedisKeys keys = new RedisKeys("throttle", null);
		try (RedisCacheBackend backend = RedisCacheBackend.builder(connector, MemoryCacheBackend.builder().build())
			.timeout(TIMEOUT)
			.build()) {
			Request hasty = request(keys, "hasty");
			Request patient = request(keys, "patient");
			run(backend, patient, System.nanoTime() + PATIENCE.toNanos());
			this.redis.suspend();
			ExecutorService threads = Executors.newCachedThreadPool();
			List<Future<?>> answered = new ArrayList<>();
			for (int i = 0; i < BatchingSender.MAX_QUOTAS; i++) {
				answered.add(threads.submit(() -> run(backend, patient, System.nanoTime() + PATIENCE.toNanos())));
			}
			long deadline = System.nanoTime() + TIMEOUT.toNanos();
			assertThatExceptionOfType(UndecidedException.class).isThrownBy(() -> run(backend, hasty, deadline));
			this.redis.resume();
			for (Future<?> future : answered) {
				future.get();
			}
			threads.shutdown();
			assertThat(this.redis.command("EXISTS " + hasty.keys().get(0))).startsWith(":0");
			assertThat(run(backend, patient, System.nanoTime() + PATIENCE.toNanos()).get(0).remaining())
				.isEqualTo(1_000_000 - 2 - BatchingSender.MAX_QUOTAS);
		}
	}

	private List<Outcome> run(RedisCacheBackend backend, Request request, long deadlineNanos) {
		Exchange exchange = backend.exchange(List.of(request), deadlineNanos);
		if (driver() == Driver.SYNC) {
			return exchange.run().get(0);
		}
		try {
			return exchange.runAsync().get(0).join();
		}
		catch (CompletionException ex) {
			throw (RuntimeException) ex.getCause();
		}
	}

	private static Request request(RedisKeys keys, String user) {
		return Request.of(List.of(new QuotaGroup(List.of(new Quota(Client.user(user), WIDE)))), true, keys);
	}

	@Test
	void restartWithLossOfDataStartsNewHistories() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.DENY);
		Quota quota = new Quota(Client.user("alice"), NARROW);
		assertThat(driver().decide(backend, quota).remaining()).isEqualTo(2);
		assertThat(driver().decide(backend, quota).remaining()).isEqualTo(1);
		this.redis.kill();
		this.redis.restart();
		await(() -> {
			try {
				return driver().decide(backend, quota).remaining() == 2;
			}
			catch (BackendUnavailableException ex) {
				return false;
			}
		});
	}

	@Test
	void returnIsNoticedWithoutARequest() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.kill();
		await(() -> !isCountedByRedis(backend, "alice") && !backend.isAvailable());
		this.redis.restart();
		await(backend::isAvailable);
	}

	@Test
	void outageAndReturnAreNoticedWithoutARequestByABackendWhoseRatesNobodyFollows() throws Exception {
		RedisCacheBackend second = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(second, "warm-up"));
		this.redis.kill();
		await(() -> !second.isAvailable());
		this.redis.restart();
		RedisFixture.await(Duration.ofSeconds(2), second::isAvailable);
		assertThat(isCountedByRedis(second, "alice")).isTrue();
	}

}
