package dev.throttle.backend.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

import dev.throttle.Client;
import dev.throttle.Quota;
import dev.throttle.backend.Charge;
import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Decides all quotas of a request under the guards of all their clients, which are taken
 * in one order everywhere so that no two requests wait for each other.
 */
final class Settlement {

	private static final Comparator<ClientHistories> ORDER = Comparator.comparing(ClientHistories::isShared)
		.thenComparing(ClientHistories::client);

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
			List<Outcome> outcomes = new ArrayList<>(charges.get(0).quotas().size());
			boolean denied = false;
			for (Charge charge : charges) {
				boolean allowed = settle(charge, now, !(charge.shadow() && denied), outcomes);
				denied |= !allowed && !charge.shadow();
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
			List<Outcome> outcomes = new ArrayList<>(charge.quotas().size());
			settle(charge, now, false, outcomes);
			return outcomes;
		});
	}

	private @Nullable List<Outcome> guarded(LongFunction<List<Outcome>> action) {
		if (this.clients.size() == 1) {
			return guarded(List.of(this.clients.values().iterator().next()), 0, action);
		}
		List<ClientHistories> ordered = new ArrayList<>(new LinkedHashSet<>(this.clients.values()));
		ordered.sort(ORDER);
		return guarded(ordered, 0, action);
	}

	private @Nullable List<Outcome> guarded(List<ClientHistories> ordered, int index,
			LongFunction<List<Outcome>> action) {
		if (index == ordered.size()) {
			return action.apply(this.clock.nanos());
		}
		ClientHistories next = ordered.get(index);
		synchronized (next) {
			return next.isEvicted() ? null : guarded(ordered, index + 1, action);
		}
	}

	/**
	 * Settle a charge. Quotas that share a history may have different rates, so that each
	 * is looked at by its own.
	 * @return whether all of its quotas have room
	 */
	private boolean settle(Charge charge, long now, boolean record, List<Outcome> outcomes) {
		List<Quota> quotas = charge.quotas();
		History[] histories = new History[quotas.size()];
		for (int i = 0; i < histories.length; i++) {
			histories[i] = history(quotas, histories, i, record);
			histories[i].expire(quotas.get(i).policy(), now, this.budget);
		}
		long[] costs = new long[histories.length];
		boolean[] allowed = new boolean[histories.length];
		boolean all = true;
		for (int i = 0; i < histories.length; i++) {
			costs[i] = cost(quotas, histories, histories[i]);
			histories[i].expire(quotas.get(i).policy(), now, this.budget);
			allowed[i] = histories[i].hasRoomFor(costs[i]);
			all &= allowed[i];
		}
		if (all && record) {
			for (int i = 0; i < histories.length; i++) {
				histories[i].record(quotas.get(i).cost(), now, this.budget);
			}
		}
		for (int i = 0; i < histories.length; i++) {
			Quota quota = quotas.get(i);
			histories[i].expire(quota.policy(), now, this.budget);
			outcomes.add(allowed[i] ? histories[i].allowed(now) : histories[i].denied(quota, costs[i], now));
		}
		return all;
	}

	private History history(List<Quota> quotas, History[] histories, int index, boolean record) {
		Quota quota = quotas.get(index);
		ClientHistories ofClient = this.clients.get(quota.client());
		if (record && ofClient != null) {
			return ofClient.obtain(quota.policy());
		}
		History present = (ofClient != null) ? ofClient.find(quota.policy()) : null;
		for (int i = 0; i < index && present == null; i++) {
			present = quotas.get(i).sharesHistoryWith(quota) ? histories[i] : null;
		}
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
