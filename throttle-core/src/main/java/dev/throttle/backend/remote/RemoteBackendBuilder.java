package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;

/**
 * The settings of a {@link RemoteCacheBackend}. Each kind of store extends this class.
 *
 * @param <B> the type of the builder
 * @since 1.0.0
 */
public abstract class RemoteBackendBuilder<B extends RemoteBackendBuilder<B>> {

	/**
	 * The default timeout of a decision.
	 */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(100);

	/**
	 * The default for the longest time that a denial is remembered.
	 */
	public static final Duration DEFAULT_KNOWN_DENIALS = Duration.ofSeconds(1);

	private static final Duration MAX_DURATION = Duration.ofDays(1);

	final CacheBackend local;

	String description;

	Duration timeout = DEFAULT_TIMEOUT;

	Duration knownDenials = DEFAULT_KNOWN_DENIALS;

	Function<Scope, OnFailure> onFailure = (scope) -> OnFailure.LOCAL;

	/**
	 * Create a builder.
	 * @param local the backend that counts while the store is unavailable, and is closed
	 * with the new backend
	 * @param description the default name of the backend in messages
	 */
	protected RemoteBackendBuilder(CacheBackend local, String description) {
		this.local = Objects.requireNonNull(local, "'local' must not be null");
		this.description = description;
	}

	/**
	 * Set the timeout of a decision.
	 * @param timeout the time, positive and at most one day
	 * @return this builder
	 * @throws IllegalArgumentException if the time is out of range
	 */
	public B timeout(Duration timeout) {
		if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_DURATION) > 0) {
			throw new IllegalArgumentException("'timeout' must be positive and at most one day but is " + timeout);
		}
		this.timeout = timeout;
		return self();
	}

	/**
	 * Return the timeout of a decision.
	 * @return the time
	 */
	protected final Duration timeout() {
		return this.timeout;
	}

	/**
	 * Set the longest time that a denial is remembered.
	 * @param knownDenials the time, at most one day, zero to remember none
	 * @return this builder
	 * @throws IllegalArgumentException if the time is out of range
	 */
	public B knownDenials(Duration knownDenials) {
		if (knownDenials.isNegative() || knownDenials.compareTo(MAX_DURATION) > 0) {
			throw new IllegalArgumentException("'knownDenials' must be from zero to one day but is " + knownDenials);
		}
		this.knownDenials = knownDenials;
		return self();
	}

	/**
	 * Set how requests are answered while the store is unavailable.
	 * @param onFailure the answer by scope
	 * @return this builder
	 */
	public B onFailure(Function<Scope, OnFailure> onFailure) {
		this.onFailure = Objects.requireNonNull(onFailure, "'onFailure' must not be null");
		return self();
	}

	/**
	 * Set the name of the backend in messages.
	 * @param description the name, without secrets
	 * @return this builder
	 */
	public B description(String description) {
		this.description = Objects.requireNonNull(description, "'description' must not be null");
		return self();
	}

	/**
	 * Return this builder.
	 * @return this builder
	 */
	protected abstract B self();

}
