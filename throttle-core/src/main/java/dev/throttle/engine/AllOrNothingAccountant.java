package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import dev.throttle.Quota;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;

/**
 * Has a request recorded by all throttles or by none. Where they count in several
 * backends, all are looked at before the first records; what another request takes
 * between the two is not given back. What one throttle only tries is recorded as if it
 * were enforced beside the others.
 */
final class AllOrNothingAccountant implements Accountant {

	@Override
	public List<Outcome> settle(List<Inquiry> inquiries, boolean denied) {
		if (denied) {
			return peek(inquiries);
		}
		if (ByBackend.isOne(inquiries)) {
			return decide(inquiries);
		}
		List<Outcome> outcomes = peek(inquiries);
		return allow(inquiries, outcomes) ? decide(inquiries) : outcomes;
	}

	private static boolean allow(List<Inquiry> inquiries, List<Outcome> outcomes) {
		Iterator<Outcome> next = outcomes.iterator();
		for (Inquiry inquiry : inquiries) {
			for (int i = 0; i < inquiry.quotas().size(); i++) {
				if (!next.next().allowed() && !inquiry.shadow()) {
					return false;
				}
			}
		}
		return true;
	}

	private static List<Outcome> peek(List<Inquiry> inquiries) {
		return ByBackend.settle(inquiries, (backend, asked) -> backend.peek(group(asked)));
	}

	private static List<Outcome> decide(List<Inquiry> inquiries) {
		return ByBackend.settle(inquiries, (backend, asked) -> backend.decide(groups(asked)));
	}

	private static List<QuotaGroup> groups(List<Inquiry> asked) {
		if (!asked.get(asked.size() - 1).shadow()) {
			return List.of(group(asked));
		}
		int enforced = 0;
		while (!asked.get(enforced).shadow()) {
			enforced++;
		}
		List<QuotaGroup> groups = new ArrayList<>();
		if (enforced > 0) {
			groups.add(group(asked.subList(0, enforced)));
		}
		for (Inquiry shadow : asked.subList(enforced, asked.size())) {
			groups.add(new QuotaGroup(shadow.quotas(), true));
		}
		return groups;
	}

	private static QuotaGroup group(List<Inquiry> asked) {
		if (asked.size() == 1) {
			return new QuotaGroup(asked.get(0).quotas());
		}
		List<Quota> quotas = new ArrayList<>();
		for (Inquiry inquiry : asked) {
			quotas.addAll(inquiry.quotas());
		}
		return new QuotaGroup(quotas);
	}

}
