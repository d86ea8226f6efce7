package dev.throttle.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of a backend that counts in a store outside the process.
 *
 * @since 1.0.0
 */
public abstract class StoreProperties {

	/**
	 * Maximum time to remember a denial, so that further requests of the client are
	 * denied without calling the store. Zero to remember none.
	 */
	private Duration knownDenials = Duration.ofSeconds(1);

	/**
	 * Prefix of keys, without braces. Applications with the same prefix share counts. By
	 * default, "throttle:" and the application's name.
	 */
	private @Nullable String keyPrefix;

	/**
	 * Whether to hash the identifiers of clients in keys, such as user names. Requires
	 * "throttle.client.hash-secret".
	 */
	private boolean hashIdents;

	/**
	 * Return how long a request waits for the store.
	 * @return the timeout
	 */
	public abstract Duration getTimeout();

	public Duration getKnownDenials() {
		return this.knownDenials;
	}

	public void setKnownDenials(Duration knownDenials) {
		this.knownDenials = knownDenials;
	}

	public @Nullable String getKeyPrefix() {
		return this.keyPrefix;
	}

	public void setKeyPrefix(@Nullable String keyPrefix) {
		this.keyPrefix = keyPrefix;
	}

	public boolean isHashIdents() {
		return this.hashIdents;
	}

	public void setHashIdents(boolean hashIdents) {
		this.hashIdents = hashIdents;
	}

}
