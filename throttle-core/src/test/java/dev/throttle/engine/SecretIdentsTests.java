package dev.throttle.engine;

import dev.throttle.Client;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecretIdents}.
 */
class SecretIdentsTests {

	private final SecretIdents idents = SecretIdents.withKey("secret");

	@Test
	void pseudonymIsTheSameUnderTheSameKeyOnly() {
		Client alice = Client.user("alice");
		assertThat(this.idents.pseudonym(alice)).isEqualTo(SecretIdents.withKey("secret").pseudonym(alice))
			.isNotEqualTo(SecretIdents.withKey("other").pseudonym(alice))
			.hasSize(22)
			.doesNotContain("alice");
	}

	@Test
	void pseudonymTellsIdentsAndKindsApart() {
		assertThat(this.idents.pseudonym(Client.user("alice"))).isNotEqualTo(this.idents.pseudonym(Client.user("bob")))
			.isNotEqualTo(this.idents.pseudonym(Client.of("tenant", "alice")));
		assertThat(this.idents.pseudonym(Client.of("a", "bc")))
			.isNotEqualTo(this.idents.pseudonym(Client.of("ab", "c")));
	}

	@Test
	void identsThatAreNoTextAreToldApart() {
		Client one = Client.secret("key", "\ud800");
		Client other = Client.secret("key", "\udbff");
		assertThat(this.idents.protect(one)).isNotEqualTo(this.idents.protect(other));
		assertThat(this.idents.pseudonym(one)).isNotEqualTo(this.idents.pseudonym(other));
	}

}
