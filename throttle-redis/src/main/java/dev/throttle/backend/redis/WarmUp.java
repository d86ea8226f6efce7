package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.redis.ScriptCall.Recording;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.UndecidedException;

/**
 * Runs decisions on keys of its own until they are fast, in turn those that wait for
 * their answer and those that do not. The first requests then find an open connection,
 * servers that know the script, and code that has run before.
 */
final class WarmUp {

	/** Enough for requests to share calls. */
	private static final int THREADS = 2 * BatchingSender.MAX_IN_FLIGHT;

	private static final int FAST_IN_A_ROW = 50;

	/** A decision is fast if it takes less than the timeout divided by this. */
	private static final int FAST_DIVISOR = 10;

	private static final List<QuotaGroup> GROUPS = List
		.of(new QuotaGroup(List.of(new Quota(Client.of("warm-up", ""), Policy.of("warm-up", Rate.parse("1/s"))))));

	private final RedisCacheBackend backend;

	private final RedisKeys keys;

	private final long fastNanos;

	WarmUp(RedisCacheBackend backend, RedisKeys keys, Duration timeout) {
		this.backend = backend;
		this.keys = keys;
		this.fastNanos = timeout.toNanos() / FAST_DIVISOR;
	}

	/**
	 * Run decisions until they are fast, one fails, or the time is over. Calls that are
	 * still pending are not awaited, and do not count as failures.
	 */
	void run(Duration atMost) {
		long end = System.nanoTime() + atMost.toNanos();
		Session session = this.backend.open(end);
		if (session == null) {
			return;
		}
		try {
			List<String> written = session.keyOnEachNode(this.keys).stream().map((key) -> key + ":warm-up").toList();
			List<Request> requests = written.stream()
				.map((key) -> Request.of(GROUPS, Recording.ALLOWED, (quota) -> key))
				.toList();
			this.backend.exchange(requests, end).run();
			if (repeat(requests, atMost, end)) {
				written.forEach((key) -> this.backend.delete(end, key));
			}
		}
		catch (UndecidedException ex) {
			// the first request reports it, too
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean repeat(List<Request> requests, Duration timeout, long end) throws InterruptedException {
		CountDownLatch running = new CountDownLatch(THREADS);
		for (int i = 0; i < THREADS; i++) {
			Thread thread = new Thread(() -> {
				repeatUntilFast(requests, timeout, end);
				running.countDown();
			}, "throttle-warm-up");
			thread.setDaemon(true);
			thread.setContextClassLoader(WarmUp.class.getClassLoader());
			thread.start();
		}
		return running.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
	}

	private void repeatUntilFast(List<Request> requests, Duration timeout, long end) {
		try {
			int fast = 0;
			for (long now = System.nanoTime(); fast < FAST_IN_A_ROW && now - end < 0;) {
				ask(this.backend.exchange(requests, now + timeout.toNanos()), fast % 2 == 0);
				long answered = System.nanoTime();
				fast = (answered - now < this.fastNanos) ? fast + 1 : 0;
				now = answered;
			}
		}
		catch (UndecidedException | CompletionException ex) {
			// the first request reports it, too
		}
	}

	private static void ask(Exchange exchange, boolean isAsync) {
		if (isAsync) {
			exchange.runAsync().forEach(CompletableFuture::join);
		}
		else {
			exchange.run();
		}
	}

}
