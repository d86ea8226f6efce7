package dev.throttle.backend.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.Quota;
import dev.throttle.backend.Charge;
import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Decides all quotas of a request under the guards of all their clients, which are taken
 * in the order of their slots so that no two requests wait for each other.
 */
final class Settlement {

	private final Map<Client, ClientHistories> clients;

	private final NanoClock clock;

	private final EntryBudget budget;

	Settlement(Map<Client, ClientHistories> clients, NanoClock clock, EntryBudget budget) {
		this.clients = clients;
		this.clock = clock;
		this.budget = budget;
	}

	/**
	 * Decide and record charges in their order.
	 * @return the outcomes, or null if a client has been evicted meanwhile
	 */
	@Nullable List<Outcome> decide(List<Charge> charges) {
		return guarded((now) -> {
			List<Outcome> outcomes = new ArrayList<>();
			for (Charge charge : charges) {
				settle(charge, now, true, outcomes);
			}
			return outcomes;
		});
	}

	/**
	 * Look what would become of a charge.
	 * @return the outcomes, or null if a client has been evicted meanwhile
	 */
	@Nullable List<Outcome> peek(Charge charge) {
		return guarded((now) -> {
			List<Outcome> outcomes = new ArrayList<>();
			settle(charge, now, false, outcomes);
			return outcomes;
		});
	}

	private @Nullable List<Outcome> guarded(Function<Long, List<Outcome>> action) {
		List<ClientHistories> ordered = new ArrayList<>(new LinkedHashSet<>(this.clients.values()));
		ordered.sort(Comparator.comparingInt(ClientHistories::slot));
		for (int i = 1; i < ordered.size(); i++) {
			if (ordered.get(i).slot() == ordered.get(i - 1).slot()) {
				return null;
			}
		}
		return guarded(ordered, 0, action);
	}

	private @Nullable List<Outcome> guarded(List<ClientHistories> ordered, int index,
			Function<Long, List<Outcome>> action) {
		if (index == ordered.size()) {
			return action.apply(this.clock.nanos());
		}
		ClientHistories next = ordered.get(index);
		synchronized (next) {
			return next.isEvicted() ? null : guarded(ordered, index + 1, action);
		}
	}

	private void settle(Charge charge, long now, boolean record, List<Outcome> outcomes) {
		List<Quota> quotas = charge.quotas();
		History[] histories = new History[quotas.size()];
		for (int i = 0; i < histories.length; i++) {
			histories[i] = history(quotas.get(i), record);
			histories[i].expire(quotas.get(i).policy(), now, this.budget);
		}
		long[] costs = new long[histories.length];
		boolean[] allowed = new boolean[histories.length];
		boolean all = true;
		for (int i = 0; i < histories.length; i++) {
			costs[i] = cost(quotas, histories, histories[i]);
			allowed[i] = histories[i].hasRoomFor(costs[i]);
			all &= allowed[i];
		}
		if (all && record) {
			for (int i = 0; i < histories.length; i++) {
				histories[i].record(quotas.get(i).cost(), now, this.budget);
			}
		}
		for (int i = 0; i < histories.length; i++) {
			outcomes.add(allowed[i] ? histories[i].allowed(now) : histories[i].denied(quotas.get(i), costs[i], now));
		}
	}

	private History history(Quota quota, boolean record) {
		ClientHistories histories = this.clients.get(quota.client());
		if (record && histories != null) {
			return histories.obtain(quota.policy());
		}
		History present = (histories != null) ? histories.find(quota.policy()) : null;
		return (present != null) ? present : new History(quota.policy(), null);
	}

	private static long cost(List<Quota> quotas, History[] histories, History history) {
		long total = 0;
		for (int i = 0; i < histories.length; i++) {
			if (histories[i] == history) {
				total += quotas.get(i).cost();
				if (total < 0) {
					return Long.MAX_VALUE;
				}
			}
		}
		return total;
	}

}
