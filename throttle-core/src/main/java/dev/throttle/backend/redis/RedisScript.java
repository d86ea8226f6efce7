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

/**
 * Runs the script and waits for its answer, no longer than the timeout, and not at all
 * where the server is known to be away. What the server runs after that records nothing.
 */
final class RedisScript implements AutoCloseable {

	private final DecideScript script = new DecideScript();

	private final Breakers breakers = new Breakers();

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
	 * Return when a request that comes now must have been answered.
	 */
	long deadline() {
		return System.nanoTime() + this.timeout.toNanos();
	}

	/**
	 * Run a call.
	 * @throws RedisFailure if it is not answered in time
	 */
	List<Outcome> run(ScriptCall call) {
		return run(List.of(call), deadline()).get(0);
	}

	/**
	 * Run calls side by side.
	 * @return the outcomes of each call
	 * @throws RedisFailure if one of them is not answered in time
	 */
	List<List<Outcome>> run(List<ScriptCall> calls, long deadline) {
		CompletableFuture<Session> session = this.link.session();
		List<String> nodes = new ArrayList<>(calls.size());
		for (ScriptCall call : calls) {
			nodes.add(node(session, call.keys().get(0)));
		}
		ensureMayAsk(nodes);
		List<CompletableFuture<List<Outcome>>> answers = new ArrayList<>(calls.size());
		for (ScriptCall call : calls) {
			answers.add(session.thenCompose((open) -> start(open, call, deadline, true)));
		}
		List<List<Outcome>> outcomes = new ArrayList<>(calls.size());
		for (int i = 0; i < calls.size(); i++) {
			outcomes.add(await(answers.get(i), session, nodes.get(i), deadline));
		}
		return outcomes;
	}

	private static String node(CompletableFuture<Session> session, String key) {
		return (session.isDone() && !session.isCompletedExceptionally()) ? session.join().node(key) : "";
	}

	private void ensureMayAsk(List<String> nodes) {
		for (int i = 0; i < nodes.size(); i++) {
			if (nodes.indexOf(nodes.get(i)) == i && !this.breakers.of(nodes.get(i)).mayAsk()) {
				throw new RedisFailure("known to be away", false);
			}
		}
	}

	private CompletableFuture<List<Outcome>> start(Session session, ScriptCall call, long deadline, boolean again) {
		if (deadline - System.nanoTime() <= 0) {
			return CompletableFuture.failedFuture(new TimeoutException("the connection opened too late"));
		}
		return session.clock(call.keys().get(0))
			.thenCompose((clock) -> send(session, clock, call, deadline).thenCompose((answer) -> {
				clock.read(ScriptCall.serverMicros(answer), System.nanoTime());
				List<Outcome> outcomes = ScriptCall.outcomes(answer);
				if (outcomes != null) {
					return CompletableFuture.completedFuture(outcomes);
				}
				return again ? start(session, call, deadline, false)
						: CompletableFuture.failedFuture(new TimeoutException("too late on the server's clock"));
			}));
	}

	private CompletableFuture<List<Long>> send(Session session, ServerClock clock, ScriptCall call, long deadline) {
		if (deadline - System.nanoTime() <= 0) {
			return CompletableFuture.failedFuture(new TimeoutException("the server was found able to count too late"));
		}
		String time = this.time.get();
		return this.script.run(session.connection().commands(), call.keys().toArray(new String[0]),
				call.arguments(time, time.isEmpty() ? clock.at(deadline) : ""));
	}

	/**
	 * Delete a key.
	 * @throws RedisFailure if that is not answered in time
	 */
	void delete(String key) {
		long deadline = deadline();
		CompletableFuture<Session> session = this.link.session();
		String node = node(session, key);
		ensureMayAsk(List.of(node));
		await(session.thenCompose((open) -> open.connection().commands().del(key)), session, node, deadline);
	}

	private <T> T await(CompletableFuture<T> answer, CompletableFuture<Session> session, String node, long deadline) {
		String reason;
		try {
			T value = answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
			this.breakers.succeeded(this.breakers.of(node));
			return value;
		}
		catch (TimeoutException ex) {
			reason = "no answer within " + this.timeout.toMillis() + " ms";
		}
		catch (ExecutionException ex) {
			reason = reason(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RedisFailure("interrupted", true);
		}
		this.breakers.of(node).failed(reason);
		var unused = session.thenAccept((open) -> open.forget(node));
		renew();
		throw new RedisFailure(reason, true);
	}

	/**
	 * Open a new connection in place of one that does not serve.
	 */
	void renew() {
		this.link.renew((opened) -> this.breakers.reconnected(opened.nodes()), this::couldNotConnect);
	}

	/**
	 * Return whether a server is known to be away.
	 */
	boolean isAway() {
		return this.breakers.isOpen();
	}

	private void couldNotConnect(Throwable failure) {
		String reason = reason(failure);
		if (Refusal.of(reason) != null) {
			this.breakers.of("").failed(reason);
		}
	}

	private static String reason(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return (root.getMessage() != null) ? root.getMessage() : root.getClass().getSimpleName();
	}

	@Override
	public void close() {
		this.link.close();
	}

}
