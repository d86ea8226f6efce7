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
 * Lets a user, or else an address, have at most three reports at once in this process. A
 * place is given back when the request is over, whichever way.
 */
@Component
class ReportPlacesThrottle implements BaseThrottle {

	static final String REPORTS = "reports";

	private static final int PLACES = 3;

	private final Map<Client, Integer> taken = new ConcurrentHashMap<>();

	@Override
	public Verdict check(ThrottleRequest request) {
		if (!request.hasScope(REPORTS)) {
			return Verdict.allow();
		}
		Client client = request.client();
		return enter(client) ? Verdict.allow(() -> leave(client)) : Verdict.deny(Duration.ofSeconds(1));
	}

	/**
	 * Take a place, if there is one.
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
	 * Give a place back.
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
