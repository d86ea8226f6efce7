package dev.throttle.benchmarks.memory;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.Client;

/**
 * Looks a client up and decides nothing.
 */
final class Floor implements Limiter {

	private final ConcurrentHashMap<Client, Client> map = new ConcurrentHashMap<>();

	private final boolean clock;

	Floor(Client[] clients, boolean clock) {
		this.clock = clock;
		for (Client client : clients) {
			this.map.put(client, client);
		}
	}

	@Override
	public Object ask(Client client, int key) {
		Client found = Objects.requireNonNull(this.map.get(client));
		return (this.clock && System.nanoTime() == Long.MIN_VALUE) ? this : found;
	}

	@Override
	public boolean allows(Object answer) {
		return true;
	}

}
