package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Has requests that come while {@link #MAX_IN_FLIGHT} calls are in flight share the next.
 * They are sent together when a call is answered or fails, when they fill one, and
 * {@link #MAX_WAIT} after the last was sent: by the next request that comes, or by
 * whoever waits for an answer and {@linkplain #sendWaiting() says so}.
 */
final class CallBatches {

	/**
	 * The calls that are in flight before requests wait for others. With so many one is
	 * answered in each quarter of the time that a call takes.
	 */
	static final int MAX_IN_FLIGHT = 4;

	/**
	 * How long requests wait for others: longer than a call to a server that is near, and
	 * not worth mentioning beside one to a server that is far.
	 */
	static final Duration MAX_WAIT = Duration.ofNanos(500_000);

	/**
	 * The quotas that fill a call, so that none keeps the server from others for long.
	 */
	static final int MAX_QUOTAS = 32;

	private final Sender sender;

	private final LongSupplier nanoTime;

	private final Queue<Waiting> waiting = new ArrayDeque<>();

	private int waitingQuotas;

	/** Those that are never answered count, too, which costs others the wait at most. */
	private int inFlight;

	private long lastSentNanos;

	CallBatches(Sender sender, LongSupplier nanoTime) {
		this.sender = sender;
		this.nanoTime = nanoTime;
	}

	/**
	 * Add a request.
	 * @param deadlineNanos when it must have been answered, on the clock of
	 * {@link System#nanoTime()}; it is not sent later
	 * @return the answer, or why there is none
	 */
	CompletableFuture<ScriptAnswer> add(ScriptRequest request, long deadlineNanos) {
		Waiting added = new Waiting(request, deadlineNanos, new CompletableFuture<>());
		synchronized (this) {
			this.waiting.add(added);
			this.waitingQuotas += request.quotas();
		}
		sendWaiting();
		return added.answer();
	}

	/**
	 * Send the requests that wait, unless they should wait longer.
	 */
	void sendWaiting() {
		for (Call call = nextCall(); call != null; call = nextCall()) {
			call.giveUpOverdue();
			if (!call.requests.isEmpty()) {
				send(call);
			}
		}
	}

	private synchronized @Nullable Call nextCall() {
		long now = this.nanoTime.getAsLong();
		if (this.waiting.isEmpty() || isWorthWaiting(now) && this.waitingQuotas < MAX_QUOTAS) {
			return null;
		}
		Call call = new Call(now);
		for (Waiting next = this.waiting.peek(); next != null && call.hasRoomFor(next); next = this.waiting.peek()) {
			this.waiting.remove();
			this.waitingQuotas -= next.request().quotas();
			call.add(next);
		}
		if (!call.requests.isEmpty()) {
			this.inFlight++;
			this.lastSentNanos = now;
		}
		return call;
	}

	private boolean isWorthWaiting(long now) {
		return this.inFlight >= MAX_IN_FLIGHT && now - this.lastSentNanos < MAX_WAIT.toNanos();
	}

	private void send(Call call) {
		List<ScriptRequest> requests = call.requests.stream().map(Waiting::request).toList();
		CompletionStage<List<ScriptAnswer>> answers;
		try {
			answers = this.sender.send(requests, call.deadlineNanos);
		}
		catch (RuntimeException | Error ex) {
			answers = CompletableFuture.failedFuture(ex);
		}
		var unused = answers.whenComplete((answered, failure) -> {
			landed();
			// first, so that the server need not wait until the answers are handed on
			sendWaiting();
			call.complete(answered, failure);
		});
	}

	private synchronized void landed() {
		this.inFlight--;
	}

	/**
	 * Sends requests in one call.
	 */
	@FunctionalInterface
	interface Sender {

		/**
		 * Send requests without waiting for their answers.
		 * @param requests the requests, all of which are to be recorded
		 * @param deadlineNanos when they must have been answered, on the clock of
		 * {@link System#nanoTime()}; what is executed later records nothing
		 * @return the answer to each request, or why there is none
		 */
		CompletionStage<List<ScriptAnswer>> send(List<ScriptRequest> requests, long deadlineNanos);

	}

	private record Waiting(ScriptRequest request, long deadlineNanos, CompletableFuture<ScriptAnswer> answer) {
	}

	/**
	 * Requests that are sent together, with the earliest of their deadlines.
	 */
	private static final class Call {

		private final List<Waiting> requests = new ArrayList<>();

		private final List<Waiting> overdue = new ArrayList<>();

		private final long sentNanos;

		private int quotas;

		private long deadlineNanos;

		Call(long sentNanos) {
			this.sentNanos = sentNanos;
		}

		boolean hasRoomFor(Waiting next) {
			return this.requests.isEmpty() || this.quotas + next.request().quotas() <= MAX_QUOTAS;
		}

		void add(Waiting next) {
			if (next.deadlineNanos() - this.sentNanos <= 0) {
				this.overdue.add(next);
				return;
			}
			if (this.requests.isEmpty() || next.deadlineNanos() - this.deadlineNanos < 0) {
				this.deadlineNanos = next.deadlineNanos();
			}
			this.requests.add(next);
			this.quotas += next.request().quotas();
		}

		void giveUpOverdue() {
			this.overdue.forEach((each) -> each.answer().completeExceptionally(new TimeoutException()));
		}

		void complete(@Nullable List<ScriptAnswer> answers, @Nullable Throwable failure) {
			for (int i = 0; i < this.requests.size(); i++) {
				if (answers != null) {
					this.requests.get(i).answer().complete(answers.get(i));
				}
				else if (failure != null) {
					this.requests.get(i).answer().completeExceptionally(failure);
				}
			}
		}

	}

}
