package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import dev.throttle.backend.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the script and waits for its answer, no longer than the timeout, and not at all
 * where the server is known to be away. What the server runs after that records nothing.
 */
final class RedisScript implements AutoCloseable {

	private final DecideScript script = new DecideScript();

	private final Breakers breakers = new Breakers();

	private final KeyErrors keyErrors = new KeyErrors();

	private final RedisLink link;

	private final Duration timeout;

	private final @Nullable LongSupplier time;

	/**
	 * Create a runner.
	 * @param time the time that the script is given, in microseconds since the epoch;
	 * null for the server's
	 */
	RedisScript(RedisLink link, Duration timeout, @Nullable LongSupplier time) {
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
		List<Permit> permits = permits(session, calls);
		List<CompletableFuture<List<Outcome>>> answers = new ArrayList<>(calls.size());
		for (ScriptCall call : calls) {
			answers.add(session.thenCompose((open) -> start(open, call, deadline, true)));
		}
		List<List<Outcome>> outcomes = new ArrayList<>(calls.size());
		for (int i = 0; i < calls.size(); i++) {
			outcomes.add(await(answers.get(i), session, permits.get(i), deadline));
		}
		return outcomes;
	}

	private static String node(CompletableFuture<Session> session, String key) {
		return (session.isDone() && !session.isCompletedExceptionally()) ? session.join().node(key) : "";
	}

	private List<Permit> permits(CompletableFuture<Session> session, List<ScriptCall> calls) {
		List<Permit> permits = new ArrayList<>(calls.size());
		Map<String, Permit> byNode = new HashMap<>();
		for (ScriptCall call : calls) {
			permits.add(byNode.computeIfAbsent(node(session, call.keys().get(0)), this::permit));
		}
		return permits;
	}

	private Permit permit(String node) {
		Breaker breaker = this.breakers.of(node);
		long epoch = breaker.ask();
		if (epoch == Breaker.REFUSED) {
			throw new RedisFailure("known to be away", false);
		}
		return new Permit(breaker, node, epoch);
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
		long time = (this.time != null) ? this.time.getAsLong() : ScriptCall.SERVER_TIME;
		return this.script.run(session.connection().commands(), call.keys().toArray(new String[0]),
				call.arguments(time, (this.time != null) ? ScriptCall.NO_DEADLINE : clock.at(deadline)));
	}

	/**
	 * Delete a key.
	 * @throws RedisFailure if that is not answered in time
	 */
	void delete(String key) {
		long deadline = deadline();
		CompletableFuture<Session> session = this.link.session();
		Permit permit = permit(node(session, key));
		await(session.thenCompose((open) -> open.connection().commands().del(key)), session, permit, deadline);
	}

	private <T> T await(CompletableFuture<T> answer, CompletableFuture<Session> session, Permit permit, long deadline) {
		try {
			T value = answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
			this.breakers.succeeded(permit);
			return value;
		}
		catch (TimeoutException ex) {
			throw failure(permit, session, ex);
		}
		catch (ExecutionException ex) {
			throw failure(permit, session, root(ex));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RedisFailure("interrupted", true);
		}
	}

	private RedisFailure failure(Permit permit, CompletableFuture<Session> session, Throwable cause) {
		String reason = reason(cause);
		boolean answered = cause instanceof RedisCommandExecutionException;
		if (answered && Refusal.of(reason) == null) {
			this.keyErrors.say(reason);
		}
		else if (permit.breaker().failed(permit.epoch(), reason)) {
			var unused = session.thenAccept((open) -> open.forget(permit.node()));
			if (!answered || Refusal.of(reason) == Refusal.READ_ONLY) {
				renew();
			}
		}
		return new RedisFailure(reason, true);
	}

	/**
	 * Open a new connection in place of one that does not serve.
	 */
	void renew() {
		this.link.renew((opened) -> this.breakers.reconnected(opened.nodes()), this::couldNotConnect);
	}

	/**
	 * Ask each server that is away whether it is back, without waiting for it, unless a
	 * request does so at the time.
	 * @param keys writes the keys by which servers are asked
	 * @param done is run when one has answered
	 */
	void probe(RedisKeys keys, Runnable done) {
		CompletableFuture<Session> session = this.link.session();
		for (String node : this.breakers.open()) {
			Breaker breaker = this.breakers.of(node);
			long epoch = breaker.ask();
			if (epoch == Breaker.REFUSED) {
				continue;
			}
			Permit permit = new Permit(breaker, node, epoch);
			var unused = session.thenCompose((open) -> open.clock(open.keyOn(node, keys)))
				.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS)
				.whenComplete((clock, failure) -> {
					if (failure == null) {
						this.breakers.succeeded(permit);
					}
					else {
						failure(permit, session, root(failure));
					}
					done.run();
				});
		}
	}

	/**
	 * Return whether a server is known to be away.
	 */
	boolean isAway() {
		return this.breakers.isOpen();
	}

	private void couldNotConnect(Throwable failure) {
		String reason = reason(root(failure));
		if (Refusal.of(reason) != null) {
			this.breakers.of("").connection(reason);
		}
	}

	private static Throwable root(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return root;
	}

	private String reason(Throwable root) {
		if (root instanceof TimeoutException && root.getMessage() == null) {
			return "no answer within " + this.timeout.toMillis() + " ms";
		}
		return (root.getMessage() != null) ? root.getMessage() : root.getClass().getSimpleName();
	}

	@Override
	public void close() {
		this.link.close();
	}

}
