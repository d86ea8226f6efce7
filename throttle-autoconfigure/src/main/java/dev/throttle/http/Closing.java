package dev.throttle.http;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.RateOverride;
import dev.throttle.engine.RateRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a scope for a time by a rate override, so that all instances learn of it. Until
 * the override is in force, the scope is closed in this process. The override of an
 * operator stays.
 */
final class Closing {

	private static final Logger logger = LoggerFactory.getLogger(Closing.class);

	/**
	 * The longest time for which an answer closes the scope, whatever the server says.
	 */
	static final Duration LONGEST = Duration.ofDays(1);

	private static final String CLOSED = Rate.parse("0/s").toString();

	private final RateRegistry rates;

	private final Scope scope;

	private final Executor workers;

	private final LongSupplier nanoTime;

	/** Until when the scope is closed in this process, if it is. */
	private long until;

	private boolean isClosed;

	private boolean isPublishing;

	Closing(RateRegistry rates, Scope scope, Executor workers, LongSupplier nanoTime) {
		this.rates = rates;
		this.scope = scope;
		this.workers = workers;
		this.nanoTime = nanoTime;
	}

	/**
	 * Close the scope, without blocking the caller.
	 * @param told how long the server says; at most {@link #LONGEST} of it counts
	 */
	void close(Duration told) {
		Duration wait = (told.compareTo(LONGEST) > 0) ? LONGEST : told;
		RateOverride override = this.rates.overrides().get(this.scope);
		Duration left = this.rates.timeToExpiry(this.scope);
		boolean isOurs = override != null && override.rates().equals(CLOSED) && left != null;
		if (wait.isZero() || (override != null && !isOurs) || (left != null && left.compareTo(wait) >= 0)) {
			return;
		}
		synchronized (this) {
			long until = this.nanoTime.getAsLong() + wait.toNanos();
			if (override == null && !this.isClosed) {
				logger.warn("Closing the outgoing limit '{}' for {}: the server answered 429 with Retry-After",
						this.scope, Pacer.text(wait));
			}
			this.until = this.isClosed ? this.until + Math.max(0, until - this.until) : until;
			this.isClosed = true;
			if (this.isPublishing) {
				return;
			}
			this.isPublishing = true;
		}
		try {
			this.workers.execute(this::publish);
		}
		catch (RejectedExecutionException ex) {
			failed(ex);
		}
	}

	private void publish() {
		try {
			long published;
			do {
				published = until();
				long left = published - this.nanoTime.getAsLong();
				if (left > 0) {
					this.rates.override(this.scope.name(), CLOSED, Duration.ofNanos(left));
				}
			}
			while (!isDone(published));
		}
		catch (RuntimeException ex) {
			failed(ex);
		}
	}

	private synchronized long until() {
		return this.until;
	}

	private synchronized boolean isDone(long published) {
		if (this.until != published) {
			return false;
		}
		this.isClosed = false;
		this.isPublishing = false;
		return true;
	}

	private synchronized void failed(RuntimeException failure) {
		this.isPublishing = false;
		logger.warn("Only this instance closes the outgoing limit '{}', because the override cannot be stored ({})",
				this.scope, String.valueOf(failure.getMessage()));
	}

	/**
	 * Return for how many nanoseconds the scope is still closed in this process only.
	 */
	synchronized long leftNanos() {
		long left = this.isClosed ? this.until - this.nanoTime.getAsLong() : 0;
		if (left <= 0 && !this.isPublishing) {
			this.isClosed = false;
		}
		return Math.max(0, left);
	}

}
