package dev.throttle.http;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.BaseThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;

import org.springframework.core.annotation.Order;

/**
 * Gives each request a place, and counts for each user the places that were taken and
 * given back.
 */
@Order(0)
class Places implements BaseThrottle {

	private final Map<String, AtomicInteger> taken = new ConcurrentHashMap<>();

	private final Map<String, AtomicInteger> givenBack = new ConcurrentHashMap<>();

	@Override
	public Verdict check(ThrottleRequest request) {
		String user = request.user();
		if (user == null) {
			return Verdict.allow();
		}
		count(this.taken, user);
		return Verdict.allow(() -> count(this.givenBack, user));
	}

	private static void count(Map<String, AtomicInteger> counts, String user) {
		counts.computeIfAbsent(user, (absent) -> new AtomicInteger()).incrementAndGet();
	}

	int taken(String user) {
		return this.taken.getOrDefault(user, new AtomicInteger()).get();
	}

	int givenBack(String user) {
		return this.givenBack.getOrDefault(user, new AtomicInteger()).get();
	}

	Set<String> users() {
		return this.taken.keySet();
	}

}
