package dev.throttle.backend.redis;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The breakers of the servers that are asked, and one for the connection as a whole.
 */
final class Breakers {

	private final Breaker whole = new Breaker("Redis", System::nanoTime);

	private final Map<String, Breaker> byNode = new ConcurrentHashMap<>();

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

	void succeeded(Breaker breaker) {
		breaker.succeeded();
		this.whole.succeeded();
	}

	/**
	 * Forget the servers that decide nothing any more, and let the others be asked.
	 */
	void reconnected(Collection<String> nodes) {
		this.byNode.entrySet().removeIf((entry) -> {
			if (nodes.contains(entry.getKey())) {
				return false;
			}
			entry.getValue().succeeded();
			return true;
		});
		this.byNode.values().forEach(Breaker::probeNext);
		this.whole.probeNext();
	}

}
