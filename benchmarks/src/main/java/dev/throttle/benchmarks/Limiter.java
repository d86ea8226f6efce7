package dev.throttle.benchmarks;

import java.util.concurrent.CompletionStage;

/**
 * Something on a server that is asked over a connection.
 */
@FunctionalInterface
public interface Limiter {

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
