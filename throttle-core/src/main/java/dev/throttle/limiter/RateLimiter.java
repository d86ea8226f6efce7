package dev.throttle.limiter;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;

/**
 * Limits what each client takes under one scope. It has the same rates and counts as
 * throttles of that scope, and each client has its plan. If throttling is off, it always
 * allows. Safe for use by several threads.
 *
 * @since 1.0.0
 */
public final class RateLimiter {

	private final Scope scope;

	private final RateLimiters limiters;

	private final boolean countsBytes;

	RateLimiter(Scope scope, RateLimiters limiters, boolean countsBytes) {
		this.scope = scope;
		this.limiters = limiters;
		this.countsBytes = countsBytes;
	}

	/**
	 * Take a permit if there is one.
	 * @param client who is counted
	 * @return whether it was taken, and what is left
	 * @throws IllegalStateException if this would block an event loop, or if the scope
	 * counts bytes
	 * @throws BackendUnavailableException if the backend cannot count and must not allow
	 * uncounted
	 */
	public Acquisition tryAcquire(Client client) {
		return tryAcquire(client, one());
	}

	/**
	 * Take permits if there are enough.
	 * @param client who is counted
	 * @param cost how many permits to take, at least 1
	 * @return whether they were taken, and what is left
	 * @throws IllegalArgumentException if the cost is not positive
	 * @throws IllegalStateException if this would block an event loop
	 * @throws BackendUnavailableException if the backend cannot count and must not allow
	 * uncounted
	 */
	public Acquisition tryAcquire(Client client, long cost) {
		return this.limiters.tryAcquire(permits(client, cost));
	}

	/**
	 * Take a permit.
	 * @param client who is counted
	 * @return what is left
	 * @throws ThrottledException if there is no permit
	 * @throws IllegalStateException if this would block an event loop, or if the scope
	 * counts bytes
	 * @throws BackendUnavailableException if the backend cannot count and must not allow
	 * uncounted
	 */
	public Acquisition acquire(Client client) {
		return acquire(client, one());
	}

	/**
	 * Take permits.
	 * @param client who is counted
	 * @param cost how many permits to take, at least 1
	 * @return what is left
	 * @throws ThrottledException if there are not enough permits
	 * @throws IllegalArgumentException if the cost is not positive
	 * @throws IllegalStateException if this would block an event loop
	 * @throws BackendUnavailableException if the backend cannot count and must not allow
	 * uncounted
	 */
	public Acquisition acquire(Client client, long cost) {
		return tryAcquire(client, cost).orElseThrow();
	}

	/**
	 * Take permits if there are enough, without blocking the caller.
	 * @param client who is counted
	 * @param cost how many permits to take, at least 1
	 * @return whether they were taken, and what is left; fails with a
	 * {@link BackendUnavailableException} if the backend cannot count and must not allow
	 * uncounted
	 * @throws IllegalArgumentException if the cost is not positive
	 */
	public CompletableFuture<Acquisition> tryAcquireAsync(Client client, long cost) {
		return this.limiters.tryAcquireAsync(permits(client, cost));
	}

	/**
	 * Take a permit if there is one, without blocking the caller. If there is none, the
	 * caller waits and asks again, or {@linkplain Acquisition#giveUp() gives up}; only
	 * then are listeners told of the denial.
	 * @param client who is counted
	 * @return whether it was taken, and what is left; fails with a
	 * {@link BackendUnavailableException} if the backend cannot count and must not allow
	 * uncounted
	 * @throws IllegalStateException if the scope counts bytes
	 */
	public CompletableFuture<Acquisition> pollAsync(Client client) {
		return this.limiters.pollAsync(permits(client, one()));
	}

	/**
	 * Take permits without blocking the caller.
	 * @param client who is counted
	 * @param cost how many permits to take, at least 1
	 * @return what is left; fails with a {@link ThrottledException} if there are not
	 * enough permits, or with a {@link BackendUnavailableException} if the backend cannot
	 * count and must not allow uncounted
	 * @throws IllegalArgumentException if the cost is not positive
	 */
	public CompletableFuture<Acquisition> acquireAsync(Client client, long cost) {
		return tryAcquireAsync(client, cost).thenApply(Acquisition::orElseThrow);
	}

	/**
	 * Return what a client has left, without taking a permit.
	 * @param client the client
	 * @return whether a permit could be taken, and how many there are
	 * @throws IllegalStateException if this would block an event loop
	 * @throws BackendUnavailableException if the backend cannot count and must not allow
	 * uncounted
	 */
	public Acquisition peek(Client client) {
		return this.limiters.peek(permits(client, 1));
	}

	/**
	 * Forget what a client has taken.
	 * @param client the client
	 * @throws IllegalStateException if this would block an event loop
	 * @throws BackendUnavailableException if the backend does not answer
	 */
	public void reset(Client client) {
		this.limiters.reset(client, this.scope);
	}

	/**
	 * Return the cost of a call that names none. There is no body whose bytes could be
	 * counted.
	 */
	private long one() {
		if (this.countsBytes) {
			throw new IllegalStateException("The scope '" + this.scope
					+ "' counts bytes, and code has no body to count; say how many, as in acquire(client, 4096)");
		}
		return 1;
	}

	private List<Permits> permits(Client client, long cost) {
		return List.of(new Permits(this.scope, client, cost));
	}

}
