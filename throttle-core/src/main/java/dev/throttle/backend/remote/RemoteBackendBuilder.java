package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Policy;

/**
 * The settings of a {@link RemoteCacheBackend}, which each kind of store extends.
 *
 * @param <B> the type of the builder
 * @since 1.0.0
 */
public abstract class RemoteBackendBuilder<B extends RemoteBackendBuilder<B>> {

	/**
	 * The time within which a decision is given, where no other is.
	 */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(100);

	/**
	 * The time for which a denial is remembered at most, where no other is given.
	 */
	public static final Duration DEFAULT_KNOWN_DENIALS = Duration.ofSeconds(1);

	private static final Duration MAX_DURATION = Duration.ofDays(1);

	final CacheBackend local;

	String description;

	Duration timeout = DEFAULT_TIMEOUT;

	Duration knownDenials = DEFAULT_KNOWN_DENIALS;

	Function<Policy, OnFailure> onFailure = (policy) -> OnFailure.LOCAL;

	/**
	 * Create a builder.
	 * @param local counts while the store does not, and is closed with the backend
	 * @param description how the backend is called in messages, where nothing else is
	 * given
	 */
	protected RemoteBackendBuilder(CacheBackend local, String description) {
		this.local = Objects.requireNonNull(local, "'local' must not be null");
		this.description = description;
	}

	/**
	 * Set within which time a decision is given.
	 * @param timeout the time, positive and at most one day
	 * @return this builder
	 * @throws IllegalArgumentException if the time is out of its range
	 */
	public B timeout(Duration timeout) {
		if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_DURATION) > 0) {
			throw new IllegalArgumentException("'timeout' must be positive and at most one day but is " + timeout);
		}
		this.timeout = timeout;
		return self();
	}

	/**
	 * Return within which time a decision is given.
	 * @return the time
	 */
	protected final Duration timeout() {
		return this.timeout;
	}

	/**
	 * Set for how long a denial is remembered at most.
	 * @param knownDenials the time, at most one day, zero for not at all
	 * @return this builder
	 * @throws IllegalArgumentException if the time is out of its range
	 */
	public B knownDenials(Duration knownDenials) {
		if (knownDenials.isNegative() || knownDenials.compareTo(MAX_DURATION) > 0) {
			throw new IllegalArgumentException("'knownDenials' must be from zero to one day but is " + knownDenials);
		}
		this.knownDenials = knownDenials;
		return self();
	}

	/**
	 * Set what is answered while the store does not decide.
	 * @param onFailure the answer by policy
	 * @return this builder
	 */
	public B onFailure(Function<Policy, OnFailure> onFailure) {
		this.onFailure = Objects.requireNonNull(onFailure, "'onFailure' must not be null");
		return self();
	}

	/**
	 * Set how the backend is called in messages.
	 * @param description the description, without secrets
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
