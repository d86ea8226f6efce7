package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The breakers of the servers that are asked, and one for the connection as a whole.
 */
final class Breakers {

	private final Breaker whole;

	private final Map<String, Breaker> byNode = new ConcurrentHashMap<>();

	/**
	 * Create breakers.
	 * @param name what the connection as a whole is called in the log
	 */
	Breakers(String name) {
		this.whole = new Breaker(name, System::nanoTime);
	}

	/**
	 * Return the breaker of a server.
	 * @param node which, or an empty text where there is one or it is not known yet
	 */
	Breaker of(String node) {
		if (node.isEmpty()) {
			return this.whole;
		}
		Breaker known = this.byNode.get(node);
		return (known != null) ? known
				: this.byNode.computeIfAbsent(node, (added) -> new Breaker("Redis at " + added, System::nanoTime));
	}

	/**
	 * Return the servers that are known to be away.
	 */
	List<String> open() {
		List<String> open = new ArrayList<>();
		if (this.whole.isOpen()) {
			open.add("");
		}
		this.byNode.forEach((node, breaker) -> {
			if (breaker.isOpen()) {
				open.add(node);
			}
		});
		return open;
	}

	/**
	 * Return whether one of the servers is known to be away.
	 */
	boolean isOpen() {
		if (this.whole.isOpen()) {
			return true;
		}
		for (Breaker breaker : this.byNode.values()) {
			if (breaker.isOpen()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Take note of an answer.
	 */
	void succeeded(Permit permit) {
		permit.breaker().succeeded(permit.epoch());
		this.whole.connection(null);
	}

	/**
	 * Forget the servers that decide nothing any more, and let the others be asked.
	 */
	void reconnected(Collection<String> nodes) {
		this.byNode.keySet().retainAll(nodes);
		this.byNode.values().forEach(Breaker::probeNext);
		this.whole.probeNext();
	}

}
