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
 * Retries a command, after a pause and until its deadline, that the server did not
 * execute for a temporary reason: a slot is moving, or the server is starting or taking
 * over.
 */
final class Retries {

	static final Duration PAUSE = Duration.ofMillis(10);

	private static final String[] TEMPORARY = { "TRYAGAIN ", "CLUSTERDOWN ", "LOADING ", "MASTERDOWN " };

	/** On a cluster, the driver follows these, but only a limited number of times. */
	private static final String[] REDIRECTIONS = { "ASK ", "MOVED " };

	private Retries() {
	}

	/**
	 * Return the answer to a command, which is retried while its failures are temporary.
	 * @param first the answer to the first attempt
	 * @param sentNanos the time of the first attempt, on the clock of
	 * {@link System#nanoTime()}
	 * @param command sends the command again
	 * @param cluster whether the driver sends it to the cluster node of its keys
	 * @param deadlineNanos the deadline
	 * @return the answer, or the last failure
	 */
	static <T> CompletableFuture<T> whileTemporary(CompletableFuture<T> first, long sentNanos,
			Supplier<CompletableFuture<T>> command, boolean cluster, long deadlineNanos) {
		return first.exceptionallyCompose((failure) -> {
			long now = System.nanoTime();
			long next = now - sentNanos + PAUSE.toNanos();
			if (deadlineNanos - now < next || !isTemporary(failure, cluster)) {
				return CompletableFuture.failedFuture(failure);
			}
			Executor afterPause = CompletableFuture.delayedExecutor(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
			return CompletableFuture.supplyAsync(System::nanoTime, afterPause)
				.thenCompose((again) -> whileTemporary(command.get(), again, command, cluster, deadlineNanos));
		});
	}

	/**
	 * Return whether a failure says that nothing was executed, but may be soon.
	 * @param cluster whether the driver knows the nodes of a cluster
	 */
	static boolean isTemporary(Throwable failure, boolean cluster) {
		String error = error(failure);
		return error != null && (startsWith(error, TEMPORARY) || (cluster && startsWith(error, REDIRECTIONS)));
	}

	/**
	 * Return the error that a server answered, or null if the failure is something else.
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
