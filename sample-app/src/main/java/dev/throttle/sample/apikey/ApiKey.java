package dev.throttle.sample.apikey;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * A stored API key: its digest and its last characters, not the key itself.
 */
@Entity
@Table(name = "api_keys")
class ApiKey {

	@Id
	private long userId;

	private String username;

	private String hash;

	private String lastFour;

	private Instant createdAt;

	/** If two requests replace the key at once, one of them fails. */
	@Version
	private @Nullable Long version;

	@SuppressWarnings("NullAway.Init")
	protected ApiKey() {
	}

	ApiKey(long userId, String username, KeyText key) {
		this.userId = userId;
		this.username = username;
		this.hash = key.hash();
		this.lastFour = key.lastFour();
		this.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
	}

	/**
	 * Replace this key with another.
	 */
	void replace(KeyText key) {
		this.hash = key.hash();
		this.lastFour = key.lastFour();
		this.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
	}

	String username() {
		return this.username;
	}

	String hash() {
		return this.hash;
	}

	String lastFour() {
		return this.lastFour;
	}

	Instant createdAt() {
		return this.createdAt;
	}

}
