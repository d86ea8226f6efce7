package dev.throttle.sample.apikey;

import java.time.Instant;

/**
 * What is shown of an existing key.
 *
 * @param prefix what all keys begin with
 * @param lastFour the key's last characters
 * @param createdAt when it was created
 */
record ApiKeySummary(String prefix, String lastFour, Instant createdAt) {

	static ApiKeySummary of(ApiKey key) {
		return new ApiKeySummary(KeyText.PREFIX, key.lastFour(), key.createdAt());
	}

}
