package dev.throttle.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import dev.throttle.limiter.Acquisition;
import dev.throttle.limiter.RateLimiters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the calls of this process pass in their order, as the limit that all instances
 * share has room for them. Only the first calls of those that wait ask for room again. No
 * lock is held while a limiter is asked or a caller is told. Thread-safe.
 */
final class Pacer {

	private static final Logger logger = LoggerFactory.getLogger(Pacer.class);

	static final int MAX_CALLS = 10_000;

	/** How many waiting calls ask at once at most, where there is room for several. */
	private static final int MAX_AT_ONCE = 16;

	/** After which time the first call asks in any case: an override may be gone. */
	private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

	/** The pause after which a rate is gone that has just gone out of force. */
	private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

	private static final long NEVER = TimeUnit.DAYS.toNanos(36_500);

	private final Scope scope;

	private final Duration maxWait;

	private final Supplier<RateLimiters> limiters;

	private final RateRegistry rates;

	private final Closing closing;

	private final PacingListener listener;

	private final ObjLongConsumer<Runnable> timer;

	private final LongSupplier nanoTime;

	private final Object lock = new Object();

	/** The calls that are neither let through nor refused, in their order. */
	private final Set<Call> calls = new LinkedHashSet<>();

	/** How many of them wait behind others, or were denied. */
	private int waiting;

	/** Those that are to ask now. */
	private final Queue<Call> ready = new ArrayDeque<>();

	private boolean isAsking;

	/** When there is room again for those that wait, as far as it is known. */
	private long roomAt;

	/** The last answer of the limiter to a call that waits, null if there is none. */
	private @Nullable Acquisition lastDenial;

	/** When the first call asks again, null if that is not scheduled. */
	private @Nullable Long nextTurn;

	/**
	 * Create a pacer.
	 * @param limiters supplies the limiters, which may themselves need an HTTP client
	 * @param timer runs a task after some nanoseconds
	 */
	Pacer(Scope scope, Duration maxWait, Supplier<RateLimiters> limiters, RateRegistry rates, Closing closing,
			PacingListener listener, ObjLongConsumer<Runnable> timer, LongSupplier nanoTime) {
		this.scope = scope;
		this.maxWait = maxWait;
		this.limiters = limiters;
		this.rates = rates;
		this.closing = closing;
		this.listener = listener;
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	/**
	 * Ask to let a call through, without blocking the caller.
	 * @return completes when the call may be sent; fails with an
	 * {@link OutgoingLimitException} if it must not be. A call whose caller cancels it
	 * waits no longer
	 */
	CompletableFuture<Acquisition> acquire() {
		long now = this.nanoTime.getAsLong();
		Call call = new Call(now, now + this.maxWait.toNanos());
		boolean isFull;
		long early;
		synchronized (this.lock) {
			isFull = this.calls.size() >= MAX_CALLS;
			early = (this.waiting > 0) ? Math.max(0, this.roomAt - call.deadline) : 0;
			if (!isFull && early == 0) {
				call.isAsking = this.waiting == 0;
				call.isWaiting = !call.isAsking;
				this.waiting += call.isWaiting ? 1 : 0;
				this.calls.add(call);
			}
		}
		if (isFull) {
			fail(call, "has no room: " + MAX_CALLS + " calls wait for it", null, null);
		}
		else if (early > 0) {
			refuse(call, early + this.maxWait.toNanos());
		}
		else {
			var unused = call.permit.whenComplete((permit, failure) -> remove(call));
			if (call.isAsking) {
				ask(call);
			}
		}
		return call.permit;
	}

	/**
	 * Let no call through for a time, in no instance.
	 */
	void close(Duration wait) {
		this.closing.close(wait);
	}

	private void remove(Call call) {
		synchronized (this.lock) {
			if (this.calls.remove(call) && call.isWaiting) {
				this.waiting--;
			}
		}
	}

	private void ask(Call call) {
		long closed = this.closing.leftNanos();
		if (closed > 0) {
			denied(call, closed);
			return;
		}
		CompletableFuture<Acquisition> answer;
		try {
			answer = this.limiters.get().scope(this.scope.name()).pollAsync(Client.ALL);
		}
		catch (RuntimeException ex) {
			answer = CompletableFuture.failedFuture(ex);
		}
		var unused = answer.whenComplete((acquisition, failure) -> {
			if (failure != null) {
				failed(call, failure);
			}
			else if (acquisition.isAllowed()) {
				granted(call, acquisition);
			}
			else {
				synchronized (this.lock) {
					this.lastDenial = acquisition;
				}
				denied(call, waitOf(acquisition));
			}
		});
	}

	private void granted(Call call, Acquisition acquisition) {
		if (call.permit.complete(acquisition)) {
			tell(call, true);
		}
		else {
			acquisition.reservation().settle(0);
		}
		long left = acquisition.remaining();
		proceed((left > 0) ? 0 : acquisition.reset().toNanos(), Math.max(1, left));
	}

	private void failed(Call call, Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		fail(call, "cannot count its calls: " + cause.getMessage(), null, cause);
		proceed(0, 1);
	}

	private void denied(Call call, long wait) {
		synchronized (this.lock) {
			call.isAsking = false;
			if (!call.isWaiting && this.calls.contains(call)) {
				call.isWaiting = true;
				this.waiting++;
			}
		}
		proceed(wait, 0);
	}

	/**
	 * Return how long a denied call must wait. If it is denied forever by an override
	 * that ends, that is until the end.
	 */
	private long waitOf(Acquisition denied) {
		Duration wait = denied.retryAfter();
		if (wait != null) {
			return Math.max(1, wait.toNanos());
		}
		Duration left = this.rates.timeToExpiry(this.scope);
		if (left != null) {
			return Math.max(SHORTEST_PAUSE, left.toNanos());
		}
		return this.rates.rates()
			.policies(this.scope)
			.stream()
			.anyMatch((policy) -> !policy.isShadow() && policy.rate().limit() == 0) ? NEVER : SHORTEST_PAUSE;
	}

	/**
	 * Let the first calls that wait ask if there is room, or else later. Refuse those for
	 * which that is too late.
	 * @param wait the nanoseconds until there is room
	 * @param room for how many calls there is room
	 */
	private void proceed(long wait, long room) {
		List<Call> late = new ArrayList<>();
		boolean isPausing = false;
		long pause = Math.min(wait, LONGEST_PAUSE);
		synchronized (this.lock) {
			long now = this.nanoTime.getAsLong();
			this.roomAt = now + Math.min(wait, NEVER);
			long asking = (wait > 0) ? 0 : Math.min(room, MAX_AT_ONCE);
			Iterator<Call> inOrder = this.calls.iterator();
			while (inOrder.hasNext()) {
				Call first = inOrder.next();
				if (first.isAsking) {
					continue;
				}
				if (first.deadline - this.roomAt < 0) {
					late.add(first);
				}
				else if (asking > 0) {
					asking--;
					first.isAsking = true;
					this.ready.add(first);
				}
				else {
					isPausing = wait > 0 && (this.nextTurn == null || now + pause - this.nextTurn < 0);
					this.nextTurn = isPausing ? Long.valueOf(now + pause) : this.nextTurn;
					break;
				}
			}
		}
		late.forEach((call) -> refuse(call, wait));
		if (isPausing) {
			this.timer.accept(this::takeTurn, pause);
		}
		askAll();
	}

	private void takeTurn() {
		synchronized (this.lock) {
			this.nextTurn = null;
		}
		proceed(0, 1);
	}

	/**
	 * Let calls ask, one after the other. A limiter may answer at once, which makes more
	 * calls ready: the loop that runs already takes them.
	 */
	private void askAll() {
		while (true) {
			Call next;
			synchronized (this.lock) {
				next = this.isAsking ? null : this.ready.poll();
				if (next == null) {
					return;
				}
				this.isAsking = true;
			}
			try {
				ask(next);
			}
			finally {
				synchronized (this.lock) {
					this.isAsking = false;
				}
			}
		}
	}

	/**
	 * Refuse a call, which is its denial: until now it has waited.
	 */
	private void refuse(Call call, long wait) {
		Acquisition denial;
		synchronized (this.lock) {
			denial = this.lastDenial;
		}
		if (denial != null && !call.permit.isDone()) {
			denial.giveUp();
		}
		if (wait >= NEVER) {
			fail(call, "allows no calls", null, null);
			return;
		}
		Duration retryAfter = Duration.ofNanos(wait);
		fail(call, "has no room for a call that has waited " + text(waited(call)) + " and may wait "
				+ text(this.maxWait) + "; there may be room in " + text(retryAfter), retryAfter, null);
	}

	private void fail(Call call, String reason, @Nullable Duration retryAfter, @Nullable Throwable cause) {
		if (call.permit
			.completeExceptionally(new OutgoingLimitException(this.scope.name(), reason, retryAfter, cause))) {
			tell(call, false);
		}
	}

	/**
	 * Tell the listener, whose failure must not hold up the calls behind this one.
	 */
	private void tell(Call call, boolean isSent) {
		try {
			this.listener.waited(this.scope.name(), waited(call), isSent);
		}
		catch (RuntimeException ex) {
			logger.debug("A listener failed", ex);
		}
	}

	private Duration waited(Call call) {
		return Duration.ofNanos(this.nanoTime.getAsLong() - call.since);
	}

	/**
	 * Return a time as in {@code 1m30s}, rounded up to milliseconds.
	 */
	static String text(Duration duration) {
		return Duration.ofMillis(duration.plusNanos(999_999).toMillis())
			.toString()
			.substring(2)
			.toLowerCase(Locale.ROOT);
	}

	/**
	 * A call that is neither let through nor refused. What changes is guarded by the
	 * lock.
	 */
	private static final class Call {

		private final CompletableFuture<Acquisition> permit = new CompletableFuture<>();

		private final long since;

		private final long deadline;

		private boolean isAsking;

		private boolean isWaiting;

		Call(long since, long deadline) {
			this.since = since;
			this.deadline = deadline;
		}

	}

}
