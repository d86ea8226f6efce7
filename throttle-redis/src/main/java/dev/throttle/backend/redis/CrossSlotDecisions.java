package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.redis.ScriptCall.Request;

/**
 * Decides requests on a cluster if their clients are in several slots. It decides one
 * group after the other: it peeks at the quotas of a group in parallel, and records them
 * in parallel if all of them have room.
 */
final class CrossSlotDecisions {

	private final RedisKeys keys;

	private final Function<List<Request>, List<CompletableFuture<List<Outcome>>>> ask;

	/**
	 * Create decisions for one request.
	 * @param ask sends the parts of the request in parallel
	 */
	CrossSlotDecisions(RedisKeys keys, Function<List<Request>, List<CompletableFuture<List<Outcome>>>> ask) {
		this.keys = keys;
		this.ask = ask;
	}

	static boolean isNeeded(List<QuotaGroup> groups) {
		Client first = groups.get(0).quotas().get(0).client();
		return !groups.stream()
			.allMatch((group) -> group.quotas().stream().allMatch((quota) -> quota.client().equals(first)));
	}

	CompletableFuture<List<Outcome>> decide(List<QuotaGroup> groups) {
		return decide(groups, 0, false, new ArrayList<>());
	}

	private CompletableFuture<List<Outcome>> decide(List<QuotaGroup> groups, int next, boolean denied,
			List<Outcome> outcomes) {
		if (next == groups.size()) {
			return CompletableFuture.completedFuture(outcomes);
		}
		QuotaGroup group = groups.get(next);
		return ask(group, false).thenCompose((seen) -> {
			boolean allowed = seen.stream().allMatch(Outcome::isAllowed);
			boolean record = allowed && !(group.isShadow() && denied);
			return (record ? ask(group, true) : CompletableFuture.completedFuture(seen)).thenCompose((decided) -> {
				outcomes.addAll(decided);
				return decide(groups, next + 1, denied || (!allowed && !group.isShadow()), outcomes);
			});
		});
	}

	CompletableFuture<List<Outcome>> peek(QuotaGroup group) {
		return ask(group, false);
	}

	private CompletableFuture<List<Outcome>> ask(QuotaGroup group, boolean record) {
		Map<Client, List<Quota>> byClient = new LinkedHashMap<>();
		for (Quota quota : group.quotas()) {
			byClient.computeIfAbsent(quota.client(), (client) -> new ArrayList<>()).add(quota);
		}
		List<Request> requests = byClient.values()
			.stream()
			.map((quotas) -> Request.of(List.of(new QuotaGroup(quotas)), record, this.keys))
			.toList();
		List<CompletableFuture<List<Outcome>>> answers = this.ask.apply(requests);
		return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0])).thenApply((done) -> {
			Map<Client, Iterator<Outcome>> left = new LinkedHashMap<>();
			int index = 0;
			for (Client client : byClient.keySet()) {
				left.put(client, answers.get(index++).join().iterator());
			}
			return group.quotas()
				.stream()
				.flatMap((quota) -> quota.policies().stream().map((policy) -> quota.client()))
				.map((client) -> Objects.requireNonNull(left.get(client)).next())
				.toList();
		});
	}

}
