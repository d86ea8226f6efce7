package dev.throttle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests for {@link Client}.
 */
class ClientTests {

	@Test
	void userAndAddressOfOneSpellingAreTwoClients() {
		assertThat(Client.user("192.0.2.1")).isNotEqualTo(Client.address("192.0.2.1"))
			.isEqualTo(Client.of(Client.USER, "192.0.2.1"))
			.hasSameHashCodeAs(Client.of(Client.USER, "192.0.2.1"));
		assertThat(Client.address("192.0.2.1")).isEqualTo(new Client("address", "192.0.2.1", false));
	}

	@Test
	void usersAreToldApartByCase() {
		assertThat(Client.user("Amy")).isNotEqualTo(Client.user("amy"));
	}

	@Test
	void partsOfAnIdentCannotRunIntoEachOther() {
		List<String> parts = List.of("", "|", "||", "\\", "\\\\", "\\|", "|\\", "a", "a|", "|a", "a\\", "\\#", "\\~",
				"#");
		Map<Client, List<String>> seen = new HashMap<>();
		for (String first : parts) {
			assertThat(seen.put(Client.of("own", first), List.of(first))).isNull();
			for (String second : parts) {
				assertThat(seen.put(Client.of("own", first, second), List.of(first, second))).isNull();
				for (String third : parts) {
					List<String> joined = List.of(first, second, third);
					assertThat(seen.put(Client.of("own", first, second, third), joined)).as("%s", joined).isNull();
				}
			}
		}
	}

	@Test
	void longPartsAreReplacedByTheirDigests() {
		Client longest = Client.of("own", "x".repeat(256));
		Client longer = Client.of("own", "x".repeat(257));
		assertThat(longest.ident()).isEqualTo("x".repeat(256));
		assertThat(longer.ident()).startsWith("\\#").hasSize(45).isEqualTo(Client.of("own", "x".repeat(257)).ident());
		assertThat(longer).isNotEqualTo(Client.of("own", "x".repeat(258)))
			.isNotEqualTo(Client.of("own", longer.ident()));
		assertThat(Client.of("own", "x".repeat(100_000), "y".repeat(100_000)).ident()).hasSize(91);
	}

	@Test
	void secretIsAClientOfItsOwnAndIsNotShown() {
		Client secret = Client.secret("key", "k-123");
		assertThat(secret.isSecret()).isTrue();
		assertThat(secret).hasToString("key:(secret)").isNotEqualTo(Client.of("key", "k-123"));
		assertThat(new Quota(secret, Policy.of("key", Rate.parse("1/s"))).toString()).doesNotContain("k-123");
		assertThat(Client.user("amy")).hasToString("user:amy");
	}

	@Test
	void nobodyIsNoClient() {
		assertThat(Client.of("tenant", null)).isNull();
		assertThat(Client.of("tenant", null, "more")).isNull();
		assertThat(Client.secret("api-key", null)).isNull();
	}

	@Test
	void longSecretsAreReplacedByTheirDigests() {
		assertThat(Client.secret("key", "x".repeat(300)).ident()).isEqualTo(Client.of("key", "x".repeat(300)).ident());
	}

	@Test
	void missingKindAndIdentAreErrors() {
		for (String kind : List.of("", ":", "a:b")) {
			assertThatIllegalArgumentException().isThrownBy(() -> Client.of(kind, "a"))
				.withMessage("'kind' must neither be empty nor contain a colon but is '" + kind + "'");
			assertThatIllegalArgumentException().isThrownBy(() -> Client.secret(kind, "a"));
		}
		assertThatNullPointerException().isThrownBy(() -> new Client("user", null, false));
		assertThatNullPointerException().isThrownBy(() -> new Client(null, "a", false));
	}

	@Test
	void clientsWithOneHashCodeAreInAnOrder() {
		Client first = Client.user("AaBB");
		Client second = Client.user("BBAa");
		assertThat(first.hashCode()).isEqualTo(second.hashCode());
		assertThat(first).isLessThan(second).isEqualByComparingTo(Client.user("AaBB"));
		assertThat(first.compareTo(Client.secret("user", "AaBB"))).isNegative();
		assertThat(first).isNotEqualByComparingTo(Client.address("AaBB"));
	}

	@Test
	void longIdentsThatAreNoTextAreToldApart() {
		String same = "x".repeat(300);
		assertThat(Client.of("key", same + "\ud800")).isNotEqualTo(Client.of("key", same + "\udbff"));
	}

}
