package dev.throttle.sample.report;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;

import org.springframework.stereotype.Component;

/**
 * Allows each user, or else each address, three concurrent reports in this process. A
 * place is released when the request ends, however it ends.
 */
@Component
class ReportPlacesThrottle implements BaseThrottle {

	private static final int PLACES = 3;

	private final Map<Client, Integer> taken = new ConcurrentHashMap<>();

	@Override
	public Verdict check(ThrottleRequest request) {
		Client client = request.client();
		return enter(client) ? Verdict.allow(() -> leave(client)) : Verdict.deny(Duration.ofSeconds(1));
	}

	/**
	 * Take a place, if one is free.
	 */
	boolean enter(Client client) {
		Integer places = this.taken.putIfAbsent(client, 1);
		while (places != null && places < PLACES) {
			if (this.taken.replace(client, places, places + 1)) {
				return true;
			}
			places = this.taken.putIfAbsent(client, 1);
		}
		return places == null;
	}

	/**
	 * Release a place.
	 */
	void leave(Client client) {
		this.taken.computeIfPresent(client, (key, places) -> (places > 1) ? places - 1 : null);
	}

	/**
	 * Return how many places a client has taken.
	 */
	int taken(Client client) {
		return this.taken.getOrDefault(client, 0);
	}

}
