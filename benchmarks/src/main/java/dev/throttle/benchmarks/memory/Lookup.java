package dev.throttle.benchmarks.memory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.throttle.Client;
import dev.throttle.Rate;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a limiter has for a client. All clients are known beforehand.
 *
 * @param <T> what it has
 */
@FunctionalInterface
interface Lookup<T> {

	@Nullable T find(Client client);

	/**
	 * Where such things are kept.
	 */
	enum Kind {

		MAP, CAFFEINE

	}

	static <T> Lookup<T> of(Kind kind, Client[] clients, List<List<Rate>> rates, Function<List<Rate>, T> factory) {
		if (kind == Kind.CAFFEINE) {
			Cache<Client, T> cache = Caffeine.newBuilder()
				.maximumSize(1_000_000)
				.expireAfterAccess(Duration.ofHours(1))
				.build();
			for (int i = 0; i < clients.length; i++) {
				cache.put(clients[i], factory.apply(rates.get(i % rates.size())));
			}
			return cache::getIfPresent;
		}
		Map<Client, T> map = new ConcurrentHashMap<>();
		for (int i = 0; i < clients.length; i++) {
			map.put(clients[i], factory.apply(rates.get(i % rates.size())));
		}
		return map::get;
	}

}
