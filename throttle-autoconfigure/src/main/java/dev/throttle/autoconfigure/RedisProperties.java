package dev.throttle.autoconfigure;

import java.time.Duration;

/**
 * Configuration properties of the backend that counts in Redis.
 *
 * @since 1.0.0
 */
public class RedisProperties extends StoreProperties {

	/**
	 * Maximum time to wait for Redis. At least one second during the first ten seconds of
	 * an instance.
	 */
	private Duration timeout = Duration.ofMillis(100);

	@Override
	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

}
