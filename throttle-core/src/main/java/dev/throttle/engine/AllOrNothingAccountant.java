package dev.throttle.engine;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.Quota;
import dev.throttle.backend.Charge;
import dev.throttle.backend.Outcome;

/**
 * Has a request recorded by all throttles or by none. Where they count in several
 * backends, all are looked at before the first records; what another request takes
 * between the two is not given back.
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
		return outcomes.stream().allMatch(Outcome::allowed) ? decide(inquiries) : outcomes;
	}

	private static List<Outcome> peek(List<Inquiry> inquiries) {
		return ByBackend.settle(inquiries, (backend, asked) -> backend.peek(charge(asked)));
	}

	private static List<Outcome> decide(List<Inquiry> inquiries) {
		return ByBackend.settle(inquiries, (backend, asked) -> backend.decide(List.of(charge(asked))));
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
