package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import dev.throttle.Quota;
import dev.throttle.backend.Charge;
import dev.throttle.backend.Outcome;

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
		return ByBackend.settle(inquiries, (backend, asked) -> backend.peek(charge(asked)));
	}

	private static List<Outcome> decide(List<Inquiry> inquiries) {
		return ByBackend.settle(inquiries, (backend, asked) -> backend.decide(charges(asked)));
	}

	private static List<Charge> charges(List<Inquiry> asked) {
		if (!asked.get(asked.size() - 1).shadow()) {
			return List.of(charge(asked));
		}
		int enforced = 0;
		while (!asked.get(enforced).shadow()) {
			enforced++;
		}
		List<Charge> charges = new ArrayList<>();
		if (enforced > 0) {
			charges.add(charge(asked.subList(0, enforced)));
		}
		for (Inquiry shadow : asked.subList(enforced, asked.size())) {
			charges.add(new Charge(shadow.quotas(), true));
		}
		return charges;
	}

	private static Charge charge(List<Inquiry> asked) {
		if (asked.size() == 1) {
			return new Charge(asked.get(0).quotas());
		}
		List<Quota> quotas = new ArrayList<>();
		for (Inquiry inquiry : asked) {
			quotas.addAll(inquiry.quotas());
		}
		return new Charge(quotas);
	}

}
