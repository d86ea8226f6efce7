package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.Client;
import dev.throttle.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Outcome;

/**
 * Decides on a cluster the groups of a request whose clients live in several slots, one
 * group after the other: its quotas are looked at side by side, and recorded side by side
 * where all of them allow it.
 */
final class ByClient {

	private final RedisScript script;

	private final RedisKeys keys;

	ByClient(RedisScript script, RedisKeys keys) {
		this.script = script;
		this.keys = keys;
	}

	static boolean isOne(List<QuotaGroup> groups) {
		Client first = groups.get(0).quotas().get(0).client();
		return groups.stream()
			.allMatch((group) -> group.quotas().stream().allMatch((quota) -> quota.client().equals(first)));
	}

	List<Outcome> decide(List<QuotaGroup> groups) {
		long deadline = this.script.deadline();
		List<Outcome> outcomes = new ArrayList<>();
		boolean denied = false;
		for (QuotaGroup group : groups) {
			List<Outcome> seen = run(group, false, deadline);
			boolean allowed = seen.stream().allMatch(Outcome::allowed);
			outcomes.addAll((allowed && !(group.shadow() && denied)) ? run(group, true, deadline) : seen);
			denied |= !allowed && !group.shadow();
		}
		return outcomes;
	}

	List<Outcome> peek(QuotaGroup group) {
		return run(group, false, this.script.deadline());
	}

	private List<Outcome> run(QuotaGroup group, boolean record, long deadline) {
		Map<Client, List<Quota>> byClient = new LinkedHashMap<>();
		for (Quota quota : group.quotas()) {
			byClient.computeIfAbsent(quota.client(), (client) -> new ArrayList<>()).add(quota);
		}
		List<ScriptRequest> requests = byClient.values()
			.stream()
			.map((quotas) -> ScriptRequest.of(List.of(new QuotaGroup(quotas)), record, this.keys))
			.toList();
		List<List<Outcome>> answers = this.script.run(requests, deadline);
		Map<Client, List<Outcome>> left = new LinkedHashMap<>();
		int index = 0;
		for (Client client : byClient.keySet()) {
			left.put(client, new ArrayList<>(answers.get(index++)));
		}
		return group.quotas()
			.stream()
			.map((quota) -> Objects.requireNonNull(left.get(quota.client())).remove(0))
			.toList();
	}

}
