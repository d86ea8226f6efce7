package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Recording;
import dev.throttle.backend.redis.ScriptCall.Request;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests in batches. While {@link #MAX_IN_FLIGHT} calls are in flight, further
 * requests wait and share the next call. It is sent when a call is answered or fails,
 * when it is full, or {@link #MAX_WAIT} after the last call was sent. In the last case it
 * is sent by the next request, by the thread that waits for the answer to the first one
 * in {@link CompletableFuture#get(long, TimeUnit)}, or by a {@linkplain #withTimer
 * timer}.
 */
final class BatchingSender implements ScriptSender {

	/**
	 * The number of calls in flight from which requests wait. With four, one is answered
	 * in each quarter of a round trip.
	 */
	static final int MAX_IN_FLIGHT = 4;

	/**
	 * The longest time that requests wait for others: more than a round trip to a nearby
	 * server, and negligible compared to one to a distant server.
	 */
	static final Duration MAX_WAIT = Duration.ofNanos(500_000);

	/**
	 * The number of quotas that fill a call, so that no call blocks the server for long.
	 */
	static final int MAX_QUOTAS = 32;

	private final ScriptSender sender;

	private final LongSupplier nanoTime;

	private final Queue<Waiting> waiting = new ArrayDeque<>();

	private int waitingQuotas;

	/**
	 * Includes calls that are never answered, which delay others by the longest wait at
	 * most.
	 */
	private int inFlight;

	private long lastSentNanos;

	BatchingSender(ScriptSender sender, LongSupplier nanoTime) {
		this.sender = sender;
		this.nanoTime = nanoTime;
	}

	/**
	 * Send a request in a batch if it is to be recorded where it has room, otherwise
	 * alone.
	 * @return the answer, for which a thread must wait
	 */
	@Override
	public CompletableFuture<Answer> send(Request request, long deadlineNanos) {
		return isShared(request) ? add(request, deadlineNanos) : this.sender.send(request, deadlineNanos);
	}

	@Override
	public CompletableFuture<List<Answer>> send(List<Request> requests, long deadlineNanos) {
		return this.sender.send(requests, deadlineNanos);
	}

	/**
	 * Return a sender that uses the same batches, but needs no waiting thread.
	 * @param timer sends requests that have waited long enough
	 */
	ScriptSender withTimer(ScheduledExecutorService timer) {
		return new ScriptSender() {

			@Override
			public CompletableFuture<Answer> send(Request request, long deadlineNanos) {
				if (!isShared(request)) {
					return sender.send(request, deadlineNanos);
				}
				Waiting added = add(request, deadlineNanos);
				if (added.first) {
					watch(added);
				}
				return added;
			}

			private void watch(Waiting first) {
				try {
					Future<?> watch = timer.schedule(() -> BatchingSender.this.send(stillWaiting(first)),
							first.latestNanos - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
					var unused = first.whenComplete((done, failure) -> watch.cancel(false));
				}
				catch (RejectedExecutionException ex) {
					// the client is being closed
					BatchingSender.this.send(stillWaiting(first));
				}
			}

			@Override
			public CompletableFuture<List<Answer>> send(List<Request> requests, long deadlineNanos) {
				return sender.send(requests, deadlineNanos);
			}

		};
	}

	private static boolean isShared(Request request) {
		return request.recording() == Recording.ALLOWED;
	}

	private Waiting add(Request request, long deadlineNanos) {
		Waiting added = new Waiting(request, deadlineNanos);
		send(enqueue(added));
		return added;
	}

	/**
	 * Wait for the answer to the first waiting request. If it has not been sent when its
	 * waiting time is over, send it, together with the others.
	 */
	private void watch(Waiting first) throws InterruptedException {
		CountDownLatch answered = new CountDownLatch(1);
		var unused = first.whenComplete((done, failure) -> answered.countDown());
		try {
			if (!answered.await(first.latestNanos - this.nanoTime.getAsLong(), TimeUnit.NANOSECONDS)) {
				send(stillWaiting(first));
			}
		}
		catch (InterruptedException ex) {
			send(stillWaiting(first));
			throw ex;
		}
	}

	private synchronized List<Call> enqueue(Waiting added) {
		long now = this.nanoTime.getAsLong();
		boolean first = this.waiting.isEmpty();
		this.waiting.add(added);
		this.waitingQuotas += added.request.quotas();
		if (!isWorthWaiting(now)) {
			return take(now);
		}
		added.first = first;
		long wait = this.lastSentNanos + MAX_WAIT.toNanos() - now;
		added.latestNanos = now + Math.min(wait, added.deadlineNanos - now);
		return List.of();
	}

	private boolean isWorthWaiting(long now) {
		return this.inFlight >= MAX_IN_FLIGHT && now - this.lastSentNanos < MAX_WAIT.toNanos()
				&& this.waitingQuotas < MAX_QUOTAS;
	}

	private synchronized List<Call> stillWaiting(Waiting first) {
		return (this.waiting.peek() == first) ? take(this.nanoTime.getAsLong()) : List.of();
	}

	private synchronized List<Call> callDone() {
		this.inFlight--;
		long now = this.nanoTime.getAsLong();
		return (this.waiting.isEmpty() || isWorthWaiting(now)) ? List.of() : take(now);
	}

	/**
	 * Take all waiting requests, in as many calls as they need.
	 */
	private List<Call> take(long now) {
		List<Call> calls = new ArrayList<>(1);
		while (!this.waiting.isEmpty()) {
			Call call = new Call(now);
			for (Waiting next = this.waiting.peek(); next != null
					&& call.hasRoomFor(next); next = this.waiting.peek()) {
				call.add(this.waiting.remove());
			}
			if (!call.waiting.isEmpty()) {
				this.inFlight++;
				this.lastSentNanos = now;
			}
			calls.add(call);
		}
		this.waitingQuotas = 0;
		return calls;
	}

	private void send(List<Call> calls) {
		for (Call call : calls) {
			call.giveUpOverdue();
			if (!call.waiting.isEmpty()) {
				send(call);
			}
		}
	}

	private void send(Call call) {
		CompletionStage<List<Answer>> answers;
		try {
			answers = this.sender.send(call.requests, call.deadlineNanos);
		}
		catch (RuntimeException | Error ex) {
			answers = CompletableFuture.failedFuture(ex);
		}
		var unused = answers.whenComplete((answered, failure) -> {
			// first, so that the server is not idle while answers are delivered
			send(callDone());
			call.complete(answered, failure);
		});
	}

	/**
	 * A request that waits or waited to be sent, and its answer.
	 */
	private final class Waiting extends CompletableFuture<Answer> {

		private final Request request;

		private final long deadlineNanos;

		/** Whether it is the first that waits; known to the thread that added it. */
		private boolean first;

		/** The latest time to send it; set for the first only. */
		private long latestNanos;

		Waiting(Request request, long deadlineNanos) {
			this.request = request;
			this.deadlineNanos = deadlineNanos;
		}

		@Override
		public Answer get(long timeout, TimeUnit unit)
				throws InterruptedException, ExecutionException, TimeoutException {
			if (!this.first) {
				return super.get(timeout, unit);
			}
			long start = System.nanoTime();
			watch(this);
			return super.get(Math.max(0, unit.toNanos(timeout) - (System.nanoTime() - start)), TimeUnit.NANOSECONDS);
		}

	}

	/**
	 * Requests that are sent together, with the earliest of their deadlines.
	 */
	private static final class Call {

		private final List<Waiting> waiting = new ArrayList<>();

		private final List<Request> requests = new ArrayList<>();

		private final List<Waiting> overdue = new ArrayList<>(0);

		private final long sentNanos;

		private int quotas;

		private long deadlineNanos;

		Call(long sentNanos) {
			this.sentNanos = sentNanos;
		}

		boolean hasRoomFor(Waiting next) {
			return this.waiting.isEmpty() || this.quotas + next.request.quotas() <= MAX_QUOTAS;
		}

		void add(Waiting next) {
			if (next.deadlineNanos - this.sentNanos <= 0) {
				this.overdue.add(next);
				return;
			}
			if (this.waiting.isEmpty() || next.deadlineNanos - this.deadlineNanos < 0) {
				this.deadlineNanos = next.deadlineNanos;
			}
			this.waiting.add(next);
			this.requests.add(next.request);
			this.quotas += next.request.quotas();
		}

		void giveUpOverdue() {
			this.overdue.forEach((each) -> each.completeExceptionally(new TimeoutException()));
		}

		void complete(@Nullable List<Answer> answers, @Nullable Throwable failure) {
			for (int i = 0; i < this.waiting.size(); i++) {
				if (answers != null) {
					this.waiting.get(i).complete(answers.get(i));
				}
				else if (failure != null) {
					this.waiting.get(i).completeExceptionally(failure);
				}
			}
		}

	}

}
