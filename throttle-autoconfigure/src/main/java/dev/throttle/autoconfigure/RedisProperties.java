package dev.throttle.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of the backend that counts in Redis.
 *
 * @since 1.0.0
 */
public class RedisProperties {

	/**
	 * Maximum time to wait for Redis. At least one second during the first ten seconds of
	 * an instance.
	 */
	private Duration timeout = Duration.ofMillis(100);

	/**
	 * Maximum time to remember a denial, so that further requests of the client are
	 * denied without calling Redis. Zero to remember none.
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

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

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
