package dev.throttle.backend.redis;

import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.backend.Quota;
import dev.throttle.backend.remote.ClientKeys;
import org.jspecify.annotations.Nullable;

/**
 * Builds keys of the form {@code prefix:{kind:ident}:policy}. The braces keep all
 * histories of a client in one slot.
 */
final class RedisKeys {

	private final String prefix;

	private final ClientKeys clients;

	RedisKeys(String prefix, @Nullable Function<Client, String> idents) {
		this.prefix = prefix;
		this.clients = new ClientKeys(idents);
	}

	/**
	 * Return the key of the history in which a quota is counted.
	 */
	String key(Quota quota) {
		return key(quota.client(), quota.historyKey());
	}

	String key(Client client, String historyKey) {
		return this.prefix + ":{" + this.clients.key(client) + "}:" + historyKey;
	}

	/**
	 * Return a key that holds no data. The keys of different numbers are in different
	 * slots.
	 */
	String probe(int number) {
		return this.prefix + ":{%probe:" + number + "}";
	}

}
