package dev.throttle.http;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;

import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import dev.throttle.limiter.RateLimiters;
import org.jspecify.annotations.Nullable;

/**
 * The limits of calls that go out, by host. All instances share a limit, and the calls
 * that wait for one in this process are let through in their order. Thread-safe.
 *
 * @since 1.0.0
 */
public final class OutgoingLimits {

	/** The longest wait for room that is possible. */
	public static final Duration LONGEST_WAIT = Duration.ofDays(1);

	private final HostMap<Pacer> pacers;

	private OutgoingLimits(HostMap<Pacer> pacers) {
		this.pacers = pacers;
	}

	/**
	 * Return a builder without limits.
	 * @param limiters supplies the limiters that count, with the first call
	 * @param rates the rates of these limiters
	 * @param workers the executor for blocking work
	 * @return the builder
	 */
	public static Builder builder(Supplier<RateLimiters> limiters, RateRegistry rates, Executor workers) {
		return new Builder(limiters, rates, workers);
	}

	/**
	 * Return whether there are none.
	 * @return whether there are none
	 */
	public boolean isEmpty() {
		return this.pacers.isEmpty();
	}

	@Nullable Pacer find(URI uri) {
		return this.pacers.get(uri);
	}

	/**
	 * Builds limits.
	 */
	public static final class Builder {

		private final HostMap<Pacer> pacers = new HostMap<>();

		private final Supplier<RateLimiters> limiters;

		private final RateRegistry rates;

		private final Executor workers;

		private PacingListener listener = (scope, waited, isSent) -> {
		};

		private ObjLongConsumer<Runnable> timer;

		private LongSupplier nanoTime = System::nanoTime;

		private Builder(Supplier<RateLimiters> limiters, RateRegistry rates, Executor workers) {
			this.limiters = limiters;
			this.rates = rates;
			this.workers = workers;
			this.timer = (task, nanos) -> CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, this::execute)
				.execute(task);
		}

		/**
		 * Run a task, which must not be lost: the calls that wait would wait forever.
		 */
		private void execute(Runnable task) {
			try {
				this.workers.execute(task);
			}
			catch (RejectedExecutionException ex) {
				task.run();
			}
		}

		/**
		 * Set who is told how long calls waited, for limits that are added later.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder listener(PacingListener listener) {
			this.listener = listener;
			return this;
		}

		Builder time(LongSupplier nanoTime, ObjLongConsumer<Runnable> timer) {
			this.nanoTime = nanoTime;
			this.timer = timer;
			return this;
		}

		/**
		 * Add a limit.
		 * @param scope the scope, whose rate counts the calls of all hosts together
		 * @param hosts the hosts. {@code *.example.com} stands for all subdomains of
		 * {@code example.com} that have no limit of their own
		 * @param maxWait how long a call waits for room at most, from zero to
		 * {@link OutgoingLimits#LONGEST_WAIT}
		 * @return this builder
		 * @throws IllegalArgumentException if the wait is out of range, or if a host is
		 * not the name of one or has a limit already
		 */
		public Builder limit(Scope scope, Collection<String> hosts, Duration maxWait) {
			if (maxWait.isNegative() || maxWait.compareTo(LONGEST_WAIT) > 0) {
				throw new IllegalArgumentException("'maxWait' must be from zero to one day but is " + maxWait);
			}
			Pacer pacer = new Pacer(scope, maxWait, this.limiters, this.rates,
					new Closing(this.rates, scope, this.workers, this.nanoTime), this.listener, this.timer,
					this.nanoTime);
			for (String host : hosts) {
				if (this.pacers.put(host, pacer) != null) {
					throw new IllegalArgumentException("'" + host.trim() + "' has an outgoing limit already");
				}
			}
			return this;
		}

		/**
		 * Build the limits.
		 * @return the limits
		 */
		public OutgoingLimits build() {
			return new OutgoingLimits(this.pacers);
		}

	}

}
