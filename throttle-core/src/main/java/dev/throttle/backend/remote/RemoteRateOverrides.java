package dev.throttle.backend.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.RateOverride;
import dev.throttle.backend.RateOverrides;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps overrides in the store of a {@link RemoteCacheBackend}, together with the
 * configured rates of each instance, so that instances can report differences. They are
 * read once a second, and no request waits for that. Overrides expire by the store's
 * clock. While the store is unavailable, the last known ones apply until they expire.
 *
 * @since 1.0.0
 */
public abstract class RemoteRateOverrides implements RateOverrides {

	private static final Logger logger = LoggerFactory.getLogger(RemoteRateOverrides.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);

	private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(1);

	private final RemoteCacheBackend backend;

	private final RateDifferences differences;

	private final Object order = new Object();

	private Listener listener = (overrides, now) -> {
	};

	private boolean following;

	private long sent;

	private long notified;

	private volatile boolean reading;

	private volatile boolean failing;

	/**
	 * Create overrides.
	 * @param backend the backend, which must be closed after the overrides are used
	 * @param advice what to do if another application shares these overrides by mistake
	 */
	protected RemoteRateOverrides(RemoteCacheBackend backend, String advice) {
		this.backend = backend;
		this.differences = new RateDifferences(advice);
	}

	@Override
	public final void publish(Supplier<Map<String, String>> configured) {
		this.differences.publish(configured);
	}

	@Override
	public final void follow(Listener listener) {
		synchronized (this.order) {
			this.listener = listener;
			if (this.following) {
				return;
			}
			this.following = true;
		}
		this.backend.checks().repeat(Duration.ZERO, INTERVAL, this::poll);
	}

	private void poll() {
		if (this.reading) {
			return;
		}
		this.reading = true;
		try {
			long number;
			synchronized (this.order) {
				number = ++this.sent;
			}
			var unused = read(this.differences.configured(), this.backend.checks().blocking())
				.orTimeout(READ_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
				.thenAcceptAsync((kept) -> notifyListener(number, kept), this.backend.checks()::run)
				.whenComplete((done, failure) -> {
					this.reading = false;
					readDone(failure);
				});
		}
		catch (RuntimeException | Error ex) {
			this.reading = false;
			readDone(ex);
		}
	}

	private void readDone(@Nullable Throwable failure) {
		if (failure == null) {
			this.backend.setOverridesReadable(true);
			if (this.failing) {
				this.failing = false;
				logger.info("Rate overrides can be read again");
			}
			return;
		}
		Throwable cause = UndecidedException.root(failure);
		this.backend.setOverridesReadable(isAnswer(cause));
		readFailed(cause);
		if (!this.failing && !this.backend.checks().isClosed()) {
			this.failing = true;
			logger.warn("Cannot read rate overrides; keeping the last known ones until they expire ({})",
					(cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName());
		}
	}

	/**
	 * Notify the listener of what was read, unless something later is known.
	 */
	private void notifyListener(long number, Kept kept) {
		synchronized (this.order) {
			if (number > this.notified) {
				this.notified = number;
				this.listener.changed(kept.overrides(), kept.now());
				this.differences.warn(kept.configured());
			}
		}
	}

	@Override
	public final void set(String target, String rates, @Nullable Duration duration) {
		changeNow(target, rates, duration);
	}

	@Override
	public final void remove(String target) {
		changeNow(target, null, null);
	}

	private void changeNow(String target, @Nullable String rates, @Nullable Duration duration) {
		try {
			Kept kept = change(target, rates, duration, this.differences.configured(),
					System.nanoTime() + WRITE_TIMEOUT.toNanos(), this.backend.checks().blocking())
				.get(WRITE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			synchronized (this.order) {
				notifyListener(++this.sent, kept);
			}
		}
		catch (ExecutionException | TimeoutException | RejectedExecutionException ex) {
			throw new BackendUnavailableException(INTERVAL);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BackendUnavailableException(INTERVAL);
		}
	}

	@Override
	public final boolean isShared() {
		return true;
	}

	/**
	 * Read the store, without blocking the caller.
	 * @param configured the configured rates of this instance, to be kept in the store
	 * for some seconds
	 * @param blocking runs blocking work, which the calling thread must not do
	 * @return the content of the store; fails if it cannot be read
	 */
	protected abstract CompletableFuture<Kept> read(String configured, Executor blocking);

	/**
	 * Change an override, and then read the store.
	 * @param target what is overridden, as in {@link RateOverride}
	 * @param rates the rates, null to remove the override
	 * @param duration the time after which it expires, null for no expiry
	 * @param configured as in {@link #read}
	 * @param deadlineNanos the deadline on the clock of {@link System#nanoTime()}, after
	 * which nothing may be changed
	 * @param blocking runs blocking work, which the calling thread must not do
	 * @return the content of the store; fails if it cannot be changed
	 */
	protected abstract CompletableFuture<Kept> change(String target, @Nullable String rates,
			@Nullable Duration duration, String configured, long deadlineNanos, Executor blocking);

	/**
	 * Return whether a failure is an error that the store answered, so that it can be
	 * reached.
	 * @param cause the root cause of the failure
	 * @return whether the store has answered
	 */
	protected abstract boolean isAnswer(Throwable cause);

	/**
	 * Called when the overrides could not be read.
	 * @param cause the root cause of the failure
	 */
	protected void readFailed(Throwable cause) {
	}

	/**
	 * The content of the store.
	 *
	 * @param now the time by the store's clock
	 * @param overrides the overrides
	 * @param configured the configured rates of all running instances
	 * @since 1.0.0
	 */
	public record Kept(Instant now, List<RateOverride> overrides, List<String> configured) {
	}

}
