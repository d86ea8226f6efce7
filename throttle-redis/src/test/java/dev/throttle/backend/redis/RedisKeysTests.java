package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import io.lettuce.core.cluster.SlotHash;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisKeys}, also with ten thousand idents that are chosen to be
 * mistaken for something else.
 */
@Tag("integration")
class RedisKeysTests {

	private static final String[] PARTS = { "{", "}", ":", "\n", "\r\n", "\0", "%", "%7b", "%u", "\ud800", "\udc00",
			"\ud83d\ude00", "alice", "throttle:{user:alice}:user", "{user:", "}:user", "*", " ", "'", "\"", "$3", "é",
			"\uffff" };

	private static final Policy POLICY = Policy.of("user", Rate.parse("2/min"));

	private static final String API_KEY = Scope.of("api-key").key();

	private final RedisKeys plain = new RedisKeys("throttle", null);

	private final RedisKeys replaced = new RedisKeys("throttle", (client) -> "h(" + client.ident() + ")");

	@Test
	void identStandsInTheKey() {
		assertThat(this.plain.key(Client.user("alice"), API_KEY)).isEqualTo("throttle:{user:alice}:apikey");
	}

	@Test
	void replacementStandsInTheKeyInPlaceOfTheIdent() {
		assertThat(this.replaced.key(Client.user("alice"), API_KEY)).isEqualTo("throttle:{user:#h%28alice%29}:apikey");
	}

	@Test
	void identThatReadsLikeAReplacementIsAnotherKey() {
		assertThat(this.plain.key(Client.user("#h(alice)"), API_KEY))
			.isNotEqualTo(this.replaced.key(Client.user("alice"), API_KEY));
		assertThat(this.plain.key(Client.user("#h%28alice%29"), API_KEY))
			.isNotEqualTo(this.replaced.key(Client.user("alice"), API_KEY));
	}

	@Test
	void secretIsAnotherKeyThanTheSameIdent() {
		assertThat(this.replaced.key(new Client(Client.USER, "alice", true), API_KEY))
			.isNotEqualTo(this.replaced.key(Client.user("alice"), API_KEY));
	}

	@Test
	void noTwoHostileIdentsShareAKey() {
		RedisKeys keys = new RedisKeys("throttle", null);
		List<Client> clients = clients();
		assertThat(clients).hasSize(10_000).doesNotHaveDuplicates();
		Set<String> written = new HashSet<>();
		for (Client client : clients) {
			String key = keys.key(client, POLICY.historyKey());
			written.add(key);
			assertThat(key).isPrintable();
			assertThat(SlotHash.getSlot(keys.key(client, API_KEY))).isEqualTo(SlotHash.getSlot(key));
		}
		assertThat(written).hasSize(10_000);
	}

	@Test
	void everyHostileIdentIsCountedAlone() throws Exception {
		try (RedisProcess redis = RedisProcess.start();
				RedisCacheBackend backend = RedisFixture.patientBackend(redis.uri())) {
			for (Client client : clients()) {
				Outcome outcome = backend.decide(new Quota(client, POLICY)).get(0);
				assertThat(outcome.isAllowed()).isTrue();
				assertThat(outcome.remaining()).isEqualTo(1);
			}
			assertThat(redis.command("DBSIZE").strip()).isEqualTo(":10000");
		}
	}

	private static List<Client> clients() {
		Random random = new Random(1);
		Set<Client> clients = new HashSet<>();
		while (clients.size() < 10_000) {
			StringBuilder ident = new StringBuilder();
			for (int part = random.nextInt(6); part >= 0; part--) {
				ident.append(PARTS[random.nextInt(PARTS.length)]);
			}
			if (clients.size() % 100 == 0) {
				ident.append("x".repeat(8192 - ident.length())).append(clients.size());
			}
			clients.add(new Client(random.nextBoolean() ? "user" : "user{", ident.toString(), random.nextBoolean()));
		}
		return new ArrayList<>(clients);
	}

}
