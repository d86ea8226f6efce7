package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.throttle.backend.remote.UndecidedException;
import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

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
	 * Return the answer to a command, which is sent again until the server executes it.
	 * @param first the answer when the command was sent first
	 * @param sentNanos when that was, on the clock of {@link System#nanoTime()}
	 * @param command sends the command again
	 * @param cluster whether it is sent to the node of a cluster that has its keys
	 * @param deadlineNanos when it must have been answered
	 * @return the answer, or the last failure
	 */
	static <T> CompletableFuture<T> whilePassing(CompletableFuture<T> first, long sentNanos,
			Supplier<CompletableFuture<T>> command, boolean cluster, long deadlineNanos) {
		return first.exceptionallyCompose((failure) -> {
			long now = System.nanoTime();
			long next = now - sentNanos + PAUSE.toNanos();
			if (deadlineNanos - now < next || !passes(failure, cluster)) {
				return CompletableFuture.failedFuture(failure);
			}
			Executor afterPause = CompletableFuture.delayedExecutor(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
			return CompletableFuture.supplyAsync(System::nanoTime, afterPause)
				.thenCompose((again) -> whilePassing(command.get(), again, command, cluster, deadlineNanos));
		});
	}

	/**
	 * Return whether a failure says that nothing was executed, but may be soon.
	 * @param cluster whether the driver knows the nodes of a cluster
	 */
	static boolean passes(Throwable failure, boolean cluster) {
		String error = error(failure);
		return error != null && (startsWith(error, PASSING) || (cluster && startsWith(error, REDIRECTIONS)));
	}

	/**
	 * Return the error that a server answered, or null where a failure is none.
	 */
	static @Nullable String error(Throwable failure) {
		Throwable root = UndecidedException.root(failure);
		return (root instanceof RedisCommandExecutionException) ? String.valueOf(root.getMessage()) : null;
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
