package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.throttle.backend.Outcome;
import io.lettuce.core.RedisReadOnlyException;

/**
 * Runs the script and waits for its answer, no longer than the timeout. What the server
 * runs after that records nothing.
 */
final class RedisScript implements AutoCloseable {

	private final DecideScript script = new DecideScript();

	private final ServerClock serverClock = new ServerClock();

	private final RedisLink link;

	private final Duration timeout;

	private final Supplier<String> time;

	/**
	 * Create a runner.
	 * @param time the time that the script is given in place of the server's, in
	 * microseconds since the epoch; an empty text for the server's
	 */
	RedisScript(RedisLink link, Duration timeout, Supplier<String> time) {
		this.link = link;
		this.timeout = timeout;
		this.time = time;
	}

	/**
	 * Run calls side by side.
	 * @return the outcomes of each call
	 * @throws RedisFailure if one of them is not answered in time
	 */
	List<List<Outcome>> run(List<ScriptCall> calls) {
		long deadline = System.nanoTime() + this.timeout.toNanos();
		List<CompletableFuture<List<Outcome>>> answers = new ArrayList<>(calls.size());
		for (ScriptCall call : calls) {
			answers.add(start(call, deadline, true));
		}
		List<List<Outcome>> outcomes = new ArrayList<>(calls.size());
		for (CompletableFuture<List<Outcome>> answer : answers) {
			outcomes.add(await(answer, deadline));
		}
		return outcomes;
	}

	private CompletableFuture<List<Outcome>> start(ScriptCall call, long deadline, boolean again) {
		return this.link.connection()
			.thenCompose((connection) -> send(connection, call, deadline))
			.thenCompose((answer) -> {
				this.serverClock.read(ScriptCall.serverMicros(answer), System.nanoTime());
				List<Outcome> outcomes = ScriptCall.outcomes(answer);
				if (outcomes != null) {
					return CompletableFuture.completedFuture(outcomes);
				}
				return (again && deadline - System.nanoTime() > 0) ? start(call, deadline, false)
						: CompletableFuture.failedFuture(new TimeoutException("too late on the server's clock"));
			});
	}

	private CompletableFuture<List<Long>> send(RedisConnection connection, ScriptCall call, long deadline) {
		if (deadline - System.nanoTime() <= 0) {
			return CompletableFuture.failedFuture(new TimeoutException("the connection opened too late"));
		}
		String time = this.time.get();
		return this.script.run(connection.commands(), call.keys().toArray(new String[0]),
				call.arguments(time, time.isEmpty() ? this.serverClock.at(deadline) : ""));
	}

	/**
	 * Delete a key.
	 * @throws RedisFailure if that is not answered in time
	 */
	void delete(String key) {
		long deadline = System.nanoTime() + this.timeout.toNanos();
		await(this.link.connection().thenCompose((connection) -> connection.commands().del(key)), deadline);
	}

	private <T> T await(CompletableFuture<T> answer, long deadline) {
		try {
			return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new RedisFailure("no answer within " + this.timeout.toMillis() + " ms");
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RedisReadOnlyException) {
				this.link.giveUp();
			}
			throw new RedisFailure(reason(ex));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RedisFailure("interrupted");
		}
	}

	private static String reason(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return (root.getMessage() != null) ? root.getMessage() : root.getClass().getSimpleName();
	}

	/**
	 * Give up the connection, which does not answer.
	 */
	void reconnect() {
		this.serverClock.forget();
		this.link.giveUp();
	}

	@Override
	public void close() {
		this.link.close();
	}

}
