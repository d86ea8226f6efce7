package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.lettuce.core.RedisCommandExecutionException;

/**
 * Sends a command again, after a pause and while there is time, that the server did not
 * execute for a reason that passes: a slot is moving, or the server is being started or
 * taking over.
 */
final class Retries {

	static final Duration PAUSE = Duration.ofMillis(10);

	private static final String[] PASSING = { "TRYAGAIN ", "CLUSTERDOWN ", "LOADING ", "MASTERDOWN " };

	/** The driver follows these on a cluster, but not for ever. */
	private static final String[] REDIRECTIONS = { "ASK ", "MOVED " };

	private Retries() {
	}

	/**
	 * Run a command until the server executes it.
	 * @param command sends the command
	 * @param cluster whether it is sent to the node of a cluster that has its keys
	 * @param deadlineNanos when it must have been answered, on the clock of
	 * {@link System#nanoTime()}
	 * @return the answer, or the last failure
	 */
	static <T> CompletableFuture<T> run(Supplier<CompletableFuture<T>> command, boolean cluster, long deadlineNanos) {
		long sent = System.nanoTime();
		return command.get().exceptionallyCompose((failure) -> {
			long now = System.nanoTime();
			long next = now - sent + PAUSE.toNanos();
			if (deadlineNanos - now < next || !passes(failure, cluster)) {
				return CompletableFuture.failedFuture(failure);
			}
			Executor afterPause = CompletableFuture.delayedExecutor(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
			return CompletableFuture.runAsync(() -> {
			}, afterPause).thenCompose((paused) -> run(command, cluster, deadlineNanos));
		});
	}

	/**
	 * Return whether a failure says that nothing was executed, but may be soon.
	 * @param cluster whether the driver knows the nodes of a cluster
	 */
	static boolean passes(Throwable failure, boolean cluster) {
		Throwable root = RedisFailure.root(failure);
		String error = (root instanceof RedisCommandExecutionException) ? root.getMessage() : null;
		return error != null && (startsWith(error, PASSING) || (cluster && startsWith(error, REDIRECTIONS)));
	}

	private static boolean startsWith(String error, String[] signs) {
		for (String sign : signs) {
			if (error.startsWith(sign)) {
				return true;
			}
		}
		return false;
	}

}
