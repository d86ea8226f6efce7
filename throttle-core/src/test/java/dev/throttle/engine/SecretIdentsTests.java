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
		assertThat(this.idents.pseudonym(Client.of("a", "b:c")))
			.isNotEqualTo(this.idents.pseudonym(Client.of("a:b", "c")));
	}

	@Test
	void identsThatAreNoTextAreToldApart() {
		Client one = Client.of("key", "\ud800").asSecret();
		Client other = Client.of("key", "\udbff").asSecret();
		assertThat(this.idents.protect(one)).isNotEqualTo(this.idents.protect(other));
		assertThat(this.idents.pseudonym(one)).isNotEqualTo(this.idents.pseudonym(other));
	}

}
