package dev.throttle.backend.redis;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Rate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisKeys}.
 */
class RedisKeysTests {

	private static final Policy POLICY = Policy.of("api-key", Rate.parse("1/s"));

	private final RedisKeys plain = new RedisKeys("throttle", null);

	private final RedisKeys replaced = new RedisKeys("throttle", (client) -> "h(" + client.ident() + ")");

	@Test
	void identStandsInTheKey() {
		assertThat(this.plain.key(Client.user("alice"), POLICY)).isEqualTo("throttle:{user:alice}:apikey");
	}

	@Test
	void replacementStandsInTheKeyInPlaceOfTheIdent() {
		assertThat(this.replaced.key(Client.user("alice"), POLICY)).isEqualTo("throttle:{user:#h%28alice%29}:apikey");
	}

	@Test
	void identThatReadsLikeAReplacementIsAnotherKey() {
		assertThat(this.plain.key(Client.user("#h(alice)"), POLICY))
			.isNotEqualTo(this.replaced.key(Client.user("alice"), POLICY));
		assertThat(this.plain.key(Client.user("#h%28alice%29"), POLICY))
			.isNotEqualTo(this.replaced.key(Client.user("alice"), POLICY));
	}

	@Test
	void secretIsAnotherKeyThanTheSameIdent() {
		assertThat(this.replaced.key(Client.user("alice").asSecret(), POLICY))
			.isNotEqualTo(this.replaced.key(Client.user("alice"), POLICY));
	}

}
