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

import dev.throttle.backend.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the script and waits for its answer, no longer than the timeout, and not at all
 * where the server is known to be away. What the server runs after that records nothing.
 */
final class RedisScript implements AutoCloseable {

	private final Breakers breakers;

	private final KeyErrors keyErrors = new KeyErrors();

	private final RedisLink link;

	private final RequestTimeout requestTimeout;

	/**
	 * Create a runner.
	 * @param name what the server is called in the log
	 */
	RedisScript(RedisLink link, String name, Duration timeout) {
		this.link = link;
		this.breakers = new Breakers(name);
		this.requestTimeout = new RequestTimeout(timeout);
	}

	/**
	 * Return when a request that comes now must have been answered.
	 */
	long deadline() {
		long now = System.nanoTime();
		return now + this.requestTimeout.at(now).toNanos();
	}

	/**
	 * Run a request.
	 * @throws RedisFailure if it is not answered in time
	 */
	List<Outcome> run(ScriptRequest request) {
		return run(List.of(request), deadline()).get(0);
	}

	/**
	 * Run requests side by side.
	 * @return the outcomes of each request
	 * @throws RedisFailure if one of them is not answered in time
	 */
	List<List<Outcome>> run(List<ScriptRequest> requests, long deadline) {
		CompletableFuture<Session> session = this.link.session();
		List<Permit> permits = permits(session, requests);
		Session open = await(session, session, permits.get(0), deadline);
		List<CompletableFuture<ScriptAnswer>> answers = new ArrayList<>(requests.size());
		for (ScriptRequest request : requests) {
			answers.add(open.send(request, deadline));
		}
		for (CompletableFuture<ScriptAnswer> answer : answers) {
			open.watch(answer);
		}
		List<List<Outcome>> outcomes = new ArrayList<>(requests.size());
		for (int i = 0; i < requests.size(); i++) {
			Permit permit = permits.get(i);
			ScriptAnswer answer = await(answers.get(i), session, permit, deadline);
			if (answer.equals(ScriptAnswer.TOO_LATE)) {
				// by the deadline of another, or by what was known of the server's clock
				answer = await(open.sendAlone(requests.get(i), deadline), session, permit, deadline);
			}
			outcomes.add(outcomes(answer, session, permit));
		}
		return outcomes;
	}

	private List<Outcome> outcomes(ScriptAnswer answer, CompletableFuture<Session> session, Permit permit) {
		List<Outcome> outcomes = answer.outcomes();
		if (outcomes == null) {
			throw failure(permit, session, (answer.error() != null) ? new RedisCommandExecutionException(answer.error())
					: new TimeoutException("too late on the server's clock"));
		}
		this.breakers.succeeded(permit);
		return outcomes;
	}

	private static String node(CompletableFuture<Session> session, String key) {
		return (session.isDone() && !session.isCompletedExceptionally()) ? session.join().node(key) : "";
	}

	private List<Permit> permits(CompletableFuture<Session> session, List<ScriptRequest> requests) {
		if (requests.size() == 1) {
			return List.of(permit(node(session, requests.get(0).keys().get(0))));
		}
		List<Permit> permits = new ArrayList<>(requests.size());
		Map<String, Permit> byNode = new HashMap<>();
		for (ScriptRequest request : requests) {
			permits.add(byNode.computeIfAbsent(node(session, request.keys().get(0)), this::permit));
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

	/**
	 * Delete a key.
	 * @throws RedisFailure if that is not answered in time
	 */
	void delete(String key) {
		delete(key, deadline());
	}

	/**
	 * Delete a key.
	 * @throws RedisFailure if that is not answered in time
	 */
	void delete(String key, long deadline) {
		CompletableFuture<Session> session = this.link.session();
		Permit permit = permit(node(session, key));
		await(session.thenCompose((open) -> open.delete(key, deadline)), session, permit, deadline);
		this.breakers.succeeded(permit);
	}

	private <T> T await(CompletableFuture<T> answer, CompletableFuture<Session> session, Permit permit, long deadline) {
		try {
			return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw failure(permit, session, ex);
		}
		catch (ExecutionException ex) {
			throw failure(permit, session, RedisFailure.root(ex));
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
		else if (permit.breaker().failed(permit.epoch(), reason, cause instanceof TimeoutException)) {
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
				.orTimeout(this.requestTimeout.at(System.nanoTime()).toMillis(), TimeUnit.MILLISECONDS)
				.whenComplete((clock, failure) -> {
					if (failure == null) {
						this.breakers.succeeded(permit);
					}
					else {
						failure(permit, session, RedisFailure.root(failure));
					}
					done.run();
				});
		}
	}

	/**
	 * Wait for the connection before the first request comes. Where it does not open, the
	 * server is away.
	 * @param deadline until when to wait
	 * @return the connection, null where it is not open
	 */
	@Nullable Session open(long deadline) {
		CompletableFuture<Session> session = this.link.session();
		try {
			Session open = session.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
			this.requestTimeout.begin();
			return open;
		}
		catch (ExecutionException ex) {
			this.breakers.of("").connection(reason(RedisFailure.root(ex)));
			renew();
		}
		catch (TimeoutException ex) {
			this.breakers.of("").connection("its connection does not open");
			renew();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return null;
	}

	/**
	 * Return whether a server is known to be away.
	 */
	boolean isAway() {
		return this.breakers.isOpen();
	}

	private void couldNotConnect(Throwable failure) {
		String reason = reason(RedisFailure.root(failure));
		if (Refusal.of(reason) != null) {
			this.breakers.of("").connection(reason);
		}
	}

	private String reason(Throwable root) {
		if (root instanceof TimeoutException && root.getMessage() == null) {
			return "no answer within " + this.requestTimeout.at(System.nanoTime()).toMillis() + " ms";
		}
		return (root.getMessage() != null) ? root.getMessage() : root.getClass().getSimpleName();
	}

	@Override
	public void close() {
		this.link.close();
	}

}
