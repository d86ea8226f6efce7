package dev.throttle.backend.remote;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The breakers of a store's servers, and one for the store as a whole.
 */
final class Breakers {

	private final String name;

	private final LongSupplier nanoTime;

	private final Breaker whole;

	private final Map<String, Breaker> byServer = new ConcurrentHashMap<>();

	/**
	 * Create breakers.
	 * @param name the name of the store in the log
	 */
	Breakers(String name, LongSupplier nanoTime) {
		this.name = name;
		this.nanoTime = nanoTime;
		this.whole = new Breaker(name, "", null, nanoTime);
	}

	Breaker whole() {
		return this.whole;
	}

	/**
	 * Return the breaker of a server.
	 * @param server the server, empty if there is only one or it is not known yet
	 */
	Breaker of(String server) {
		if (server.isEmpty()) {
			return this.whole;
		}
		Breaker known = this.byServer.get(server);
		return (known != null) ? known : this.byServer.computeIfAbsent(server,
				(added) -> new Breaker(this.name + " at " + added, added, this.whole, this.nanoTime));
	}

	/**
	 * Return the attempts to ask the servers that are unavailable or have not answered
	 * lately.
	 * @param servers the servers that decide
	 */
	List<Attempt> askOnSchedule(Collection<String> servers) {
		Set<Breaker> asked = new LinkedHashSet<>();
		if (this.whole.isOpen()) {
			asked.add(this.whole);
		}
		this.byServer.values().stream().filter(Breaker::isOpen).forEach(asked::add);
		servers.forEach((server) -> asked.add(of(server)));
		List<Attempt> attempts = new ArrayList<>();
		for (Breaker breaker : asked) {
			Attempt attempt = breaker.askOnSchedule();
			if (attempt != null) {
				attempts.add(attempt);
			}
		}
		return attempts;
	}

	/**
	 * Return whether one of the servers is known to be unavailable.
	 */
	boolean isOpen() {
		if (this.whole.isOpen()) {
			return true;
		}
		for (Breaker breaker : this.byServer.values()) {
			if (breaker.isOpen()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Forget the servers that are no longer in use, and let the next request probe the
	 * others.
	 */
	void reconnected(Collection<String> servers) {
		this.byServer.keySet().retainAll(servers);
		this.byServer.values().forEach(Breaker::probeNext);
		this.whole.probeNext();
	}

}
