package dev.throttle.sample.apikey;

import java.time.Instant;

/**
 * A key that has just been made.
 *
 * @param apiKey the key in full, which is never shown again
 * @param createdAt when it was made
 */
public record NewApiKey(String apiKey, Instant createdAt) {

	/**
	 * Return this for a log, without the key.
	 */
	@Override
	public String toString() {
		return "NewApiKey[createdAt=" + this.createdAt + "]";
	}

}
