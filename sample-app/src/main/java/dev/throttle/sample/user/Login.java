package dev.throttle.sample.user;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * A login. It lasts as long as its refresh token keeps being replaced. Only the newest
 * refresh token is valid.
 */
@Entity
@Table(name = "logins")
class Login {

	@Id
	@GeneratedValue(strategy = GenerationType.UUID)
	private @Nullable String id;

	@SuppressWarnings("unused") // is stored only
	private String username;

	private String tokenId;

	@SuppressWarnings("unused") // is stored only
	private Instant expiresAt;

	@SuppressWarnings("NullAway.Init")
	protected Login() {
	}

	Login(String username, Instant expiresAt) {
		this.username = username;
		this.tokenId = UUID.randomUUID().toString();
		this.expiresAt = expiresAt.truncatedTo(ChronoUnit.MICROS);
	}

	String id() {
		if (this.id == null) {
			throw new IllegalStateException("The log-in is not stored yet");
		}
		return this.id;
	}

	String tokenId() {
		return this.tokenId;
	}

}
