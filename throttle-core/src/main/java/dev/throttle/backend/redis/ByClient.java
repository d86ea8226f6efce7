package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.Client;
import dev.throttle.Quota;
import dev.throttle.backend.Charge;
import dev.throttle.backend.Outcome;

/**
 * Decides on a cluster the charges of a request whose clients live in several slots, one
 * charge after the other: its quotas are looked at side by side, and recorded side by
 * side where all of them allow it.
 */
final class ByClient {

	private final RedisScript script;

	private final RedisKeys keys;

	ByClient(RedisScript script, RedisKeys keys) {
		this.script = script;
		this.keys = keys;
	}

	static boolean isOne(List<Charge> charges) {
		Client first = charges.get(0).quotas().get(0).client();
		return charges.stream()
			.allMatch((charge) -> charge.quotas().stream().allMatch((quota) -> quota.client().equals(first)));
	}

	List<Outcome> decide(List<Charge> charges) {
		long deadline = this.script.deadline();
		List<Outcome> outcomes = new ArrayList<>();
		boolean denied = false;
		for (Charge charge : charges) {
			List<Outcome> seen = run(charge, false, deadline);
			boolean allowed = seen.stream().allMatch(Outcome::allowed);
			outcomes.addAll((allowed && !(charge.shadow() && denied)) ? run(charge, true, deadline) : seen);
			denied |= !allowed && !charge.shadow();
		}
		return outcomes;
	}

	List<Outcome> peek(Charge charge) {
		return run(charge, false, this.script.deadline());
	}

	private List<Outcome> run(Charge charge, boolean record, long deadline) {
		Map<Client, List<Quota>> byClient = new LinkedHashMap<>();
		for (Quota quota : charge.quotas()) {
			byClient.computeIfAbsent(quota.client(), (client) -> new ArrayList<>()).add(quota);
		}
		List<ScriptRequest> requests = byClient.values()
			.stream()
			.map((quotas) -> ScriptRequest.of(List.of(new Charge(quotas)), record, this.keys))
			.toList();
		List<List<Outcome>> answers = this.script.run(requests, deadline);
		Map<Client, List<Outcome>> left = new LinkedHashMap<>();
		int index = 0;
		for (Client client : byClient.keySet()) {
			left.put(client, new ArrayList<>(answers.get(index++)));
		}
		return charge.quotas()
			.stream()
			.map((quota) -> Objects.requireNonNull(left.get(quota.client())).remove(0))
			.toList();
	}

}
