package dev.throttle.benchmarks.memory;

import java.util.Objects;
import java.util.function.Predicate;

import dev.throttle.Client;

/**
 * A limiter that has an object for each client.
 *
 * @param <T> the object
 */
final class MapLimiter<T> implements Limiter {

	private final Lookup<T> lookup;

	private final Predicate<T> question;

	MapLimiter(Lookup<T> lookup, Predicate<T> question) {
		this.lookup = lookup;
		this.question = question;
	}

	@Override
	public Object ask(Client client, int key) {
		return this.question.test(Objects.requireNonNull(this.lookup.find(client)));
	}

}
