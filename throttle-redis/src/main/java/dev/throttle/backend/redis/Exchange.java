package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.Attempt;
import dev.throttle.backend.remote.UndecidedException;

/**
 * Sends requests in parallel, and reports their answers and failures to the breakers.
 * Answers are handled by a waiting thread, or by the thread on which they arrive.
 */
final class Exchange {

	private final RedisCacheBackend backend;

	private final CompletableFuture<Session> session;

	private final List<Request> requests;

	private final List<Attempt> attempts;

	private final long deadlineNanos;

	/**
	 * Create an exchange.
	 * @param session the connection, which may still be opening
	 * @param deadlineNanos the deadline of the requests
	 * @param attempts begins an attempt to ask a server
	 * @throws UndecidedException if one of the servers is known to be unavailable
	 */
	Exchange(RedisCacheBackend backend, CompletableFuture<Session> session, List<Request> requests, long deadlineNanos,
			Function<String, Attempt> attempts) {
		this.backend = backend;
		this.session = session;
		this.requests = requests;
		this.deadlineNanos = deadlineNanos;
		this.attempts = attempts(attempts);
	}

	private List<Attempt> attempts(Function<String, Attempt> attempts) {
		if (this.requests.size() == 1) {
			return List.of(attempts.apply(node(this.requests.get(0))));
		}
		List<Attempt> all = new ArrayList<>(this.requests.size());
		Map<String, Attempt> byNode = new HashMap<>();
		for (Request request : this.requests) {
			all.add(byNode.computeIfAbsent(node(request), attempts));
		}
		return all;
	}

	private String node(Request request) {
		return Session.node(this.session, request.keys().get(0));
	}

	/**
	 * Send the requests and wait for their answers.
	 * @return the outcomes of each request
	 * @throws UndecidedException if one of them is not decided in time
	 */
	List<List<Outcome>> run() {
		Session open = await(this.session, this.attempts.get(0));
		List<CompletableFuture<Answer>> answers = new ArrayList<>(this.requests.size());
		for (Request request : this.requests) {
			answers.add(open.sender().send(request, this.deadlineNanos));
		}
		List<List<Outcome>> outcomes = new ArrayList<>(this.requests.size());
		for (int i = 0; i < answers.size(); i++) {
			Attempt attempt = this.attempts.get(i);
			Answer answer = await(answers.get(i), attempt);
			if (answer.equals(Answer.TOO_LATE)) {
				answer = await(sendAlone(open, this.requests.get(i)), attempt).get(0);
			}
			outcomes.add(outcomes(answer, attempt));
		}
		return outcomes;
	}

	private <T> T await(CompletableFuture<T> answer, Attempt attempt) {
		return this.backend.await(answer, attempt, this.deadlineNanos);
	}

	/**
	 * Send the requests, without blocking the caller.
	 * @return the outcomes of each request, or an {@link UndecidedException}
	 */
	List<CompletableFuture<List<Outcome>>> runAsync() {
		List<CompletableFuture<List<Outcome>>> outcomes = new ArrayList<>(this.requests.size());
		for (int i = 0; i < this.requests.size(); i++) {
			Attempt attempt = this.attempts.get(i);
			outcomes.add(sendAsync(this.requests.get(i)).handle((answer, failure) -> {
				if (failure != null) {
					throw this.backend.failed(attempt, failure);
				}
				return outcomes(answer, attempt);
			}));
		}
		return outcomes;
	}

	private CompletableFuture<Answer> sendAsync(Request request) {
		return Session.isOpen(this.session) ? sendAsync(this.session.join(), request)
				: inTime(this.session.copy()).thenCompose((open) -> sendAsync(open, request));
	}

	private CompletableFuture<Answer> sendAsync(Session open, Request request) {
		return inTime(open.asyncSender().send(request, this.deadlineNanos))
			.thenCompose((answer) -> answer.equals(Answer.TOO_LATE)
					? inTime(sendAlone(open, request)).thenApply((alone) -> alone.get(0))
					: CompletableFuture.completedFuture(answer));
	}

	private <T> CompletableFuture<T> inTime(CompletableFuture<T> answer) {
		return answer.isDone() ? answer
				: answer.orTimeout(Math.max(0, this.deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
	}

	/**
	 * Send a request again, alone, if it was too late only by another request's deadline,
	 * or by an outdated reading of the server's clock.
	 */
	private CompletableFuture<List<Answer>> sendAlone(Session open, Request request) {
		return open.sender().send(List.of(request), this.deadlineNanos);
	}

	private List<Outcome> outcomes(Answer answer, Attempt attempt) {
		List<Outcome> outcomes = answer.outcomes();
		if (outcomes == null) {
			throw this.backend.failed(attempt, answer.failure());
		}
		attempt.answered();
		return outcomes;
	}

}
