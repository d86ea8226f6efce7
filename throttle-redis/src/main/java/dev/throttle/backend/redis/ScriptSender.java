package dev.throttle.backend.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;

/**
 * Sends requests to the script that decides them, without blocking the caller.
 */
@FunctionalInterface
interface ScriptSender {

	/**
	 * Send requests in one call.
	 * @param requests the requests, all of one recording
	 * @param deadlineNanos the deadline on the clock of {@link System#nanoTime()}; a
	 * script that runs later records nothing
	 * @return the answer to each request; fails if there is none
	 */
	CompletableFuture<List<Answer>> send(List<Request> requests, long deadlineNanos);

	/**
	 * Send one request, by default in a call of its own.
	 * @param deadlineNanos the deadline
	 * @return the answer; fails if there is none
	 */
	default CompletableFuture<Answer> send(Request request, long deadlineNanos) {
		return send(List.of(request), deadlineNanos).thenApply((answers) -> answers.get(0));
	}

}
