package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.redis.ScriptCall.Recording;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.Attempt;
import dev.throttle.backend.remote.UndecidedException;
import org.jspecify.annotations.Nullable;

/**
 * Settles the quotas of a request in parallel calls: one for those that give permits
 * back, and one for those that took more. On a cluster, each client has calls of its own.
 */
final class RedisSettlements {

	private final RedisCacheBackend backend;

	private final CompletableFuture<Session> session;

	private final RedisKeys keys;

	private final long deadlineNanos;

	private final Function<String, Attempt> attempts;

	/**
	 * Create settlements.
	 * @param session the connection, which may still be opening
	 * @param deadlineNanos the deadline, after which no answer is awaited
	 * @param attempts begins an attempt to ask a server
	 */
	RedisSettlements(RedisCacheBackend backend, CompletableFuture<Session> session, RedisKeys keys, long deadlineNanos,
			Function<String, Attempt> attempts) {
		this.backend = backend;
		this.session = session;
		this.keys = keys;
		this.deadlineNanos = deadlineNanos;
		this.attempts = attempts;
	}

	/**
	 * Settle quotas, without blocking the caller.
	 * @param byClient whether each client has calls of its own
	 * @return what became of each settlement; does not fail if the server does not answer
	 */
	CompletableFuture<List<Settlement.Result>> settle(List<Settlement> settlements, boolean byClient) {
		Map<Part, List<Settlement>> parts = new LinkedHashMap<>();
		for (Settlement each : settlements) {
			parts.computeIfAbsent(Part.of(each, byClient), (part) -> new ArrayList<>()).add(each);
		}
		Map<Part, CompletableFuture<List<Settlement.Result>>> answers = new LinkedHashMap<>();
		parts.forEach((part, own) -> answers.put(part, settle(part, own)));
		return CompletableFuture.allOf(answers.values().toArray(new CompletableFuture<?>[0])).thenApply((done) -> {
			Map<Part, Iterator<Settlement.Result>> left = new LinkedHashMap<>();
			answers.forEach((part, answer) -> left.put(part, answer.join().iterator()));
			return settlements.stream()
				.map((each) -> Objects.requireNonNull(left.get(Part.of(each, byClient))).next())
				.toList();
		});
	}

	private CompletableFuture<List<Settlement.Result>> settle(Part part, List<Settlement> settlements) {
		CompletableFuture<List<Settlement.Result>> answer;
		try {
			answer = switch (part.sign()) {
				case -1 -> lower(settlements);
				case 1 -> raise(settlements);
				default -> all(settlements, Settlement.Result.SETTLED);
			};
		}
		catch (UndecidedException ex) {
			return all(settlements, Settlement.Result.LOST);
		}
		return answer.exceptionallyCompose((failure) -> (UndecidedException.root(failure) instanceof UndecidedException)
				? all(settlements, Settlement.Result.LOST) : CompletableFuture.failedFuture(failure));
	}

	private static CompletableFuture<List<Settlement.Result>> all(List<Settlement> settlements,
			Settlement.Result result) {
		return CompletableFuture.completedFuture(Collections.nCopies(settlements.size(), result));
	}

	private CompletableFuture<List<Settlement.Result>> lower(List<Settlement> settlements) {
		Attempt attempt = this.attempts.apply(Session.node(this.session, this.keys.key(settlements.get(0).quota())));
		return this.session.thenCompose((open) -> open.settle(settlements, this.keys, this.deadlineNanos))
			.orTimeout(Math.max(0, this.deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)
			.handle((results, failure) -> {
				if (failure != null) {
					throw this.backend.failed(attempt, failure);
				}
				attempt.answered();
				return results;
			});
	}

	private CompletableFuture<List<Settlement.Result>> raise(List<Settlement> settlements) {
		List<Quota> debts = settlements.stream()
			.map((each) -> new Quota(each.quota().client(), each.quota().policies(), each.difference()))
			.toList();
		Request request = Request.of(List.of(new QuotaGroup(debts)), Recording.ALL, this.keys::key);
		return new Exchange(this.backend, this.session, List.of(request), this.deadlineNanos, this.attempts).runAsync()
			.get(0)
			.thenCompose((recorded) -> all(settlements, Settlement.Result.SETTLED));
	}

	/**
	 * Settlements that share a call.
	 *
	 * @param client the client of all of them, null if they may be of several
	 * @param sign -1 if they give permits back, 1 if they took more, else 0
	 */
	private record Part(@Nullable Client client, int sign) {

		static Part of(Settlement settlement, boolean byClient) {
			return new Part(byClient ? settlement.quota().client() : null, Long.signum(settlement.difference()));
		}

	}

}
