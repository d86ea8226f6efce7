package dev.throttle.benchmarks.redis;

import java.util.concurrent.CompletionStage;

/**
 * Something that is asked over Redis.
 */
@FunctionalInterface
interface Limiter {

	/**
	 * Ask without waiting.
	 * @param client the client who asks
	 * @return whether it is allowed
	 */
	CompletionStage<Boolean> ask(int client);

	/**
	 * Ask and wait for the answer.
	 * @param client the client who asks
	 * @return whether it is allowed
	 */
	default boolean askAndWait(int client) {
		return ask(client).toCompletableFuture().join();
	}

}
