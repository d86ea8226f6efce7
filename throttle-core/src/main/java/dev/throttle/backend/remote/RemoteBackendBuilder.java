package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link RemoteCacheBackend}. Each kind of store extends this class.
 *
 * @param <B> the type of the builder
 * @since 1.0.0
 */
public abstract class RemoteBackendBuilder<B extends RemoteBackendBuilder<B>> {

	/**
	 * The default for the longest time that a denial is remembered.
	 */
	public static final Duration DEFAULT_KNOWN_DENIALS = Duration.ofSeconds(1);

	/**
	 * The default prefix of keys.
	 */
	public static final String DEFAULT_PREFIX = "throttle";

	private static final Duration MAX_DURATION = Duration.ofDays(1);

	final CacheBackend local;

	String description;

	private String prefix = DEFAULT_PREFIX;

	private @Nullable Function<Client, String> idents;

	Duration timeout;

	Duration knownDenials = DEFAULT_KNOWN_DENIALS;

	Function<Scope, OnFailure> onFailure = (scope) -> OnFailure.LOCAL;

	/**
	 * Create a builder.
	 * @param local the backend that counts while the store is unavailable, and is closed
	 * with the new backend
	 * @param description the default name of the backend in messages
	 * @param timeout the default timeout of a decision
	 */
	protected RemoteBackendBuilder(CacheBackend local, String description, Duration timeout) {
		this.local = Objects.requireNonNull(local, "'local' must not be null");
		this.description = description;
		this.timeout = timeout;
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
	 * Set the prefix of keys, which keeps applications apart that share the store.
	 * @param prefix the prefix, without braces
	 * @return this builder
	 * @throws IllegalArgumentException if the prefix contains a brace
	 */
	public B prefix(String prefix) {
		if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
			throw new IllegalArgumentException("'prefix' must not contain braces but is '" + prefix + "'");
		}
		this.prefix = prefix;
		return self();
	}

	/**
	 * Return the prefix of keys.
	 * @return the prefix
	 */
	protected final String prefix() {
		return this.prefix;
	}

	/**
	 * Set a function that replaces idents in keys, such as by a hash.
	 * @param idents returns the same text for equal clients, and different texts for
	 * different clients of one kind; null to use the ident itself, which is the default
	 * @return this builder
	 */
	public B idents(@Nullable Function<Client, String> idents) {
		this.idents = idents;
		return self();
	}

	/**
	 * Return the function that replaces idents in keys.
	 * @return the function; null to use the ident itself
	 */
	protected final @Nullable Function<Client, String> idents() {
		return this.idents;
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
