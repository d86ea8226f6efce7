package dev.throttle.sample.apikey;

import java.time.Instant;

/**
 * A key that was just created.
 *
 * @param apiKey the full key, which is never shown again
 * @param createdAt when it was created
 */
public record NewApiKey(String apiKey, Instant createdAt) {

	/**
	 * Return a text for logs, without the key.
	 */
	@Override
	public String toString() {
		return "NewApiKey[createdAt=" + this.createdAt + "]";
	}

}
