package dev.throttle.sample.user;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * A developer who signed up.
 */
@Entity
@Table(name = "users")
class User {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private @Nullable Long id;

	private String username;

	@SuppressWarnings("unused") // is stored only
	private String email;

	private String password;

	@SuppressWarnings("unused") // is stored only
	private Instant createdAt;

	@SuppressWarnings("NullAway.Init")
	protected User() {
	}

	User(String username, String email, String password) {
		this.username = username;
		this.email = email;
		this.password = password;
		this.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
	}

	/**
	 * Return the user's database id.
	 */
	long id() {
		if (this.id == null) {
			throw new IllegalStateException("The user is not stored yet");
		}
		return this.id;
	}

	String username() {
		return this.username;
	}

	String password() {
		return this.password;
	}

}
