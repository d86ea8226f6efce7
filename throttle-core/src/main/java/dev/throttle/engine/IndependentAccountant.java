package dev.throttle.engine;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;

/**
 * Has each throttle record what it allows. What it only tries is recorded as if it were
 * enforced, whatever the others answer.
 */
final class IndependentAccountant implements Accountant {

	@Override
	public List<Outcome> settle(List<Inquiry> inquiries, boolean denied) {
		return ByBackend.settle(inquiries, (backend, asked) -> {
			List<QuotaGroup> groups = new ArrayList<>(asked.size());
			for (Inquiry inquiry : asked) {
				groups.add(new QuotaGroup(inquiry.quotas()));
			}
			return backend.decide(groups);
		});
	}

}
