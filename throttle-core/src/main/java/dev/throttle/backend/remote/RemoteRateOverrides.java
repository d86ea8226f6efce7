package dev.throttle.backend.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
 * Keeps overrides in the store of a {@link RemoteCacheBackend}, and beside them the rates
 * that instances have configured, so that each sees where these differ. They are read
 * once a second, and no request waits for that. Overrides end by the store's clock. While
 * the store is away, the last known ones stay until they end.
 *
 * @since 1.0.0
 */
public abstract class RemoteRateOverrides implements RateOverrides {

	private static final Logger logger = LoggerFactory.getLogger(RemoteRateOverrides.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration HUNG = Duration.ofSeconds(3);

	private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(1);

	private final RemoteCacheBackend backend;

	private final RateDifferences differences;

	private final Object order = new Object();

	private Listener listener = (overrides, now) -> {
	};

	private boolean following;

	private long sent;

	private long told;

	private volatile boolean reading;

	private volatile boolean failing;

	/**
	 * Create overrides.
	 * @param backend the backend, which must not be closed before they are
	 * @param advice what to do where another application shares these overrides by
	 * mistake
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
			var unused = read(this.differences.configured()).orTimeout(HUNG.toMillis(), TimeUnit.MILLISECONDS)
				.thenAcceptAsync((kept) -> tell(number, kept), this.backend.checks()::run)
				.whenComplete((done, failure) -> {
					this.reading = false;
					note(failure);
				});
		}
		catch (RuntimeException | Error ex) {
			this.reading = false;
			note(ex);
		}
	}

	private void note(@Nullable Throwable failure) {
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
			logger.warn("Cannot read rate overrides; keeping the last known until they end ({})",
					(cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName());
		}
	}

	/**
	 * Tell the listener what was read, unless something later is known.
	 */
	private void tell(long number, Kept kept) {
		synchronized (this.order) {
			if (number > this.told) {
				this.told = number;
				this.listener.changed(kept.overrides(), kept.now());
				this.differences.warn(kept.configured());
			}
		}
	}

	@Override
	public final void set(String scope, String rates, @Nullable Duration duration) {
		changeNow(scope, rates, duration);
	}

	@Override
	public final void remove(String scope) {
		changeNow(scope, null, null);
	}

	private void changeNow(String scope, @Nullable String rates, @Nullable Duration duration) {
		try {
			Kept kept = change(scope, rates, duration, this.differences.configured(),
					System.nanoTime() + WRITE_TIMEOUT.toNanos())
				.get(WRITE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			synchronized (this.order) {
				tell(++this.sent, kept);
			}
		}
		catch (ExecutionException | TimeoutException ex) {
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
	 * Read what is kept, without waiting for it.
	 * @param configured the configured rates of this instance, to be kept beside the
	 * overrides for some seconds
	 * @return what is kept, or why it cannot be read
	 */
	protected abstract CompletableFuture<Kept> read(String configured);

	/**
	 * Change the rate of a scope, and read what is kept then.
	 * @param scope the scope in its canonical form
	 * @param rates the rates, null to remove them
	 * @param duration the time after which they are gone, null for no expiry
	 * @param configured as in {@link #read}
	 * @param deadlineNanos the time on the clock of {@link System#nanoTime()} after which
	 * nothing is changed any more
	 * @return what is kept, or why it cannot be changed
	 */
	protected abstract CompletableFuture<Kept> change(String scope, @Nullable String rates, @Nullable Duration duration,
			String configured, long deadlineNanos);

	/**
	 * Return whether a failure is an answer, so that the store can be reached.
	 * @param cause the first cause of the failure
	 * @return whether the store has answered
	 */
	protected abstract boolean isAnswer(Throwable cause);

	/**
	 * Take note that the overrides could not be read.
	 * @param cause the first cause of the failure
	 */
	protected void readFailed(Throwable cause) {
	}

	/**
	 * What a store keeps.
	 *
	 * @param now the time by the store's clock
	 * @param overrides the overrides
	 * @param configured the configured rates of all instances that run
	 * @since 1.0.0
	 */
	public record Kept(Instant now, List<RateOverride> overrides, List<String> configured) {
	}

}
