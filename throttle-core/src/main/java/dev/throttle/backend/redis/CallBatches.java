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
 * Has requests that come while enough calls are on the way share one. While fewer are, a
 * request is sent at once and alone. Those that wait are sent together when a call is
 * answered or fails, or when they fill one.
 * <p>
 * How many are enough depends on how long calls take: as many as make one of them be
 * answered in each {@link #MAX_WAIT}, but {@link #MAX_PLACES} at most. That is one where
 * the server is near, as then most requests share a call; where it is far, none waits
 * longer than for a quarter of a call.
 */
final class CallBatches {

	/**
	 * How long requests may wait for others where calls are short.
	 */
	static final Duration MAX_WAIT = Duration.ofNanos(500_000);

	/**
	 * The most calls on the way while requests wait for others.
	 */
	static final int MAX_PLACES = 4;

	/**
	 * The quotas that fill a call, so that none keeps the server from others for long.
	 */
	static final int MAX_QUOTAS = 32;

	private static final int AVERAGED_CALLS = 8;

	private final Sender sender;

	private final LongSupplier nanoTime;

	private final Queue<Part> waiting = new ArrayDeque<>();

	private final List<Call> onTheWay = new ArrayList<>();

	private int waitingQuotas;

	/** How long a call takes, averaged over the last ones. */
	private long callNanos;

	CallBatches(Sender sender, LongSupplier nanoTime) {
		this.sender = sender;
		this.nanoTime = nanoTime;
	}

	/**
	 * Add a request.
	 * @param deadline when it must have been answered; it is not sent later
	 * @return the answer, or why there is none
	 */
	CompletableFuture<ScriptAnswer> add(ScriptRequest request, long deadline) {
		Part part = new Part(request, deadline, new CompletableFuture<>());
		synchronized (this) {
			this.waiting.add(part);
			this.waitingQuotas += request.quotas();
		}
		sendWaiting();
		return part.answer();
	}

	private void sendWaiting() {
		for (Call call = take(); call != null; call = take()) {
			call.giveUpOverdue();
			if (!call.parts.isEmpty()) {
				send(call);
			}
		}
	}

	private synchronized @Nullable Call take() {
		long now = this.nanoTime.getAsLong();
		if (this.waiting.isEmpty() || !(hasPlace(now) || this.waitingQuotas >= MAX_QUOTAS)) {
			return null;
		}
		Call call = new Call(now);
		for (Part part = this.waiting.peek(); part != null && call.hasRoomFor(part); part = this.waiting.peek()) {
			this.waiting.remove();
			this.waitingQuotas -= part.request().quotas();
			call.add(part, now);
		}
		if (!call.parts.isEmpty()) {
			this.onTheWay.add(call);
		}
		return call;
	}

	private boolean hasPlace(long now) {
		int places = places();
		return this.onTheWay.size() < places || leaveOverdue(now) && this.onTheWay.size() < places;
	}

	private int places() {
		long waits = (this.callNanos + MAX_WAIT.toNanos() - 1) / MAX_WAIT.toNanos();
		return (int) Math.max(1, Math.min(waits, MAX_PLACES));
	}

	/**
	 * Take their places from calls that may never be answered.
	 */
	private boolean leaveOverdue(long now) {
		return this.onTheWay.removeIf((call) -> call.deadline - now <= 0);
	}

	private void send(Call call) {
		List<ScriptRequest> requests = call.parts.stream().map(Part::request).toList();
		CompletionStage<List<ScriptAnswer>> answers;
		try {
			answers = this.sender.send(requests, call.deadline);
		}
		catch (RuntimeException ex) {
			answers = CompletableFuture.failedFuture(ex);
		}
		var unused = answers.whenComplete((answered, failure) -> {
			leave(call);
			// first, so that the server need not wait until the answers are handed on
			sendWaiting();
			call.complete(answered, failure);
		});
	}

	private synchronized void leave(Call call) {
		if (this.onTheWay.remove(call)) {
			this.callNanos += (this.nanoTime.getAsLong() - call.sentAt - this.callNanos) / AVERAGED_CALLS;
		}
	}

	/**
	 * Sends requests in one call.
	 */
	@FunctionalInterface
	interface Sender {

		/**
		 * Send requests without waiting for their answers.
		 * @param requests the requests, all of which are to be recorded
		 * @param deadline when they must have been answered; what is executed later
		 * records nothing
		 * @return the answer to each request, or why there is none
		 */
		CompletionStage<List<ScriptAnswer>> send(List<ScriptRequest> requests, long deadline);

	}

	private record Part(ScriptRequest request, long deadline, CompletableFuture<ScriptAnswer> answer) {
	}

	private static final class Call {

		private final List<Part> parts = new ArrayList<>();

		private final List<Part> overdue = new ArrayList<>();

		private final long sentAt;

		private int quotas;

		private long deadline;

		Call(long sentAt) {
			this.sentAt = sentAt;
		}

		boolean hasRoomFor(Part part) {
			return this.parts.isEmpty() || this.quotas + part.request().quotas() <= MAX_QUOTAS;
		}

		void add(Part part, long now) {
			if (part.deadline() - now <= 0) {
				this.overdue.add(part);
				return;
			}
			if (this.parts.isEmpty() || part.deadline() - this.deadline < 0) {
				this.deadline = part.deadline();
			}
			this.parts.add(part);
			this.quotas += part.request().quotas();
		}

		void giveUpOverdue() {
			this.overdue.forEach((part) -> part.answer().completeExceptionally(new TimeoutException()));
		}

		void complete(@Nullable List<ScriptAnswer> answers, @Nullable Throwable failure) {
			for (int i = 0; i < this.parts.size(); i++) {
				if (answers != null) {
					this.parts.get(i).answer().complete(answers.get(i));
				}
				else if (failure != null) {
					this.parts.get(i).answer().completeExceptionally(failure);
				}
			}
		}

	}

}
