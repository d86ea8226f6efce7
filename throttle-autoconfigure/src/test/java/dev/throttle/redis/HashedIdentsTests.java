package dev.throttle.redis;

import dev.throttle.Client;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HashedIdents}.
 */
class HashedIdentsTests {

	private final HashedIdents hashes = new HashedIdents("secret");

	@Test
	void hashIsTheSameUnderTheSameSecretOnly() {
		Client alice = Client.user("alice");
		assertThat(this.hashes.apply(alice)).isEqualTo(new HashedIdents("secret").apply(alice))
			.isNotEqualTo(new HashedIdents("other").apply(alice))
			.hasSize(43)
			.doesNotContain("alice");
	}

	@Test
	void hashTellsIdentsAndKindsApart() {
		assertThat(this.hashes.apply(Client.user("alice"))).isNotEqualTo(this.hashes.apply(Client.user("bob")))
			.isNotEqualTo(this.hashes.apply(Client.of("tenant", "alice")));
	}

}
