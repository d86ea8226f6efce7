package dev.throttle.backend.redis;

import java.time.Duration;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how long Redis keeps histories of which each request makes one an entry
 * longer.
 */
@Tag("integration")
class RedisExpiryTests {

	private static final Policy POLICY = Policy.of("user", Rate.parse("100000/2s"));

	private static final long PERIOD_MILLIS = 2000;

	private static final long SLACK_MILLIS = PERIOD_MILLIS / 64;

	/** So few that each asks often within a period, also on a busy machine. */
	private static final int CLIENTS = 10;

	private static final Duration LONG_ENOUGH = Duration.ofMillis(20 * SLACK_MILLIS);

	@Test
	void historyIsKeptUntilItsNewestEntryIsVoidAndLittleLonger() throws Exception {
		RedisKeys keys = new RedisKeys("throttle", null);
		try (RedisProcess redis = RedisProcess.start();
				RedisCacheBackend backend = RedisFixture.patientBackend(redis.uri())) {
			long start = System.nanoTime();
			for (int i = 0; System.nanoTime() - start < LONG_ENOUGH.toNanos() || i < 20 * CLIENTS; i++) {
				Client client = Client.user("client-" + i % CLIENTS);
				long asked = System.nanoTime();
				assertThat(backend.decide(new Quota(client, POLICY)).get(0).isAllowed()).isTrue();
				String left = redis.command("PTTL " + keys.key(client, POLICY.historyKey()));
				long passed = (System.nanoTime() - asked) / 1_000_000 + 1;
				assertThat(Long.parseLong(left.substring(1).trim())).isBetween(PERIOD_MILLIS - passed,
						PERIOD_MILLIS + SLACK_MILLIS + 2);
			}
			assertThat(redis.field("INFO commandstats", "cmdstat_append")).isNotEmpty();
			String length = redis.command("STRLEN " + keys.key(Client.user("client-0"), POLICY.historyKey()));
			assertThat(Long.parseLong(length.substring(1).trim())).as("a long history").isGreaterThan(296);
		}
	}

}
