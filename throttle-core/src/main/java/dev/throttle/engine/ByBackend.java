package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;

/**
 * Hands each backend what throttles ask of it, all at once.
 */
final class ByBackend {

	private ByBackend() {
	}

	static boolean isOne(List<Inquiry> inquiries) {
		CacheBackend first = inquiries.get(0).backend();
		for (int i = 1; i < inquiries.size(); i++) {
			if (inquiries.get(i).backend() != first) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Return the outcomes of all quotas in the order of the inquiries.
	 */
	static List<Outcome> settle(List<Inquiry> inquiries,
			BiFunction<CacheBackend, List<Inquiry>, List<Outcome>> action) {
		if (isOne(inquiries)) {
			return action.apply(inquiries.get(0).backend(), inquiries);
		}
		Map<CacheBackend, List<Inquiry>> asked = new LinkedHashMap<>();
		for (Inquiry inquiry : inquiries) {
			asked.computeIfAbsent(inquiry.backend(), (backend) -> new ArrayList<>()).add(inquiry);
		}
		Map<CacheBackend, Iterator<Outcome>> answered = new LinkedHashMap<>();
		asked.forEach((backend, ofBackend) -> answered.put(backend, action.apply(backend, ofBackend).iterator()));
		List<Outcome> outcomes = new ArrayList<>();
		for (Inquiry inquiry : inquiries) {
			Iterator<Outcome> next = Objects.requireNonNull(answered.get(inquiry.backend()));
			for (int i = 0; i < inquiry.quotas().size(); i++) {
				outcomes.add(next.next());
			}
		}
		return outcomes;
	}

}
