package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is left on a server after many requests.
 */
@Tag("integration")
class RedisSoakTests {

	private static final int REQUESTS = Integer.getInteger("soak.requests", 5_000);

	@Test
	void everyKeyExpiresAndNoneIsLargerThanItsLimit() throws Exception {
		RedisClient client = RedisClient.create();
		try (RedisProcess redis = RedisProcess.start();
				RedisCacheBackend backend = RedisFixture.patientBackend(redis.uri())) {
			Random random = new Random(1);
			Policy burst = Policy.of("burst", Rate.parse("20/1s"));
			Policy sustained = Policy.of("sustained", Rate.parse("100/2s"));
			Policy alone = Policy.of("alone", Rate.parse("100/2s"));
			for (int i = 0; i < REQUESTS; i++) {
				Client user = Client.user("user-" + random.nextInt(50));
				backend.decide(List.of(new QuotaGroup(
						List.of(new Quota(user, burst, 1 + random.nextInt(3)), new Quota(user, sustained)))));
				backend.decide(new Quota(user, alone));
			}
			client.setOptions(RedisClientOptions.standalone().build());
			RedisCommands<String, String> commands = client.connect(RedisURI.create(redis.uri())).sync();
			long keys = 0;
			long largest = 0;
			ScanIterator<String> scan = ScanIterator.scan(commands);
			while (scan.hasNext()) {
				String key = scan.next();
				long left = commands.pttl(key);
				// -2: it has expired since
				assertThat(left).isNotEqualTo(-1).isLessThanOrEqualTo(2_000 + 2_000 / 64 + 2);
				Long memory = commands.memoryUsage(key);
				largest = Math.max(largest, (memory != null) ? memory : 0);
				keys++;
			}
			System.out.println("Soak: " + REQUESTS + " requests, " + keys + " keys, largest " + largest + " bytes");
			assertThat(largest).isPositive().isLessThan(300 + 100 * 32);
			RedisFixture.await(Duration.ofMillis(2_100), () -> commands.keys("*").isEmpty());
			// the server takes its time to look for expired keys that nobody asks for
			RedisFixture.await(Duration.ofSeconds(5), () -> commands.dbsize() == 0);
		}
		finally {
			client.shutdown();
		}
	}

}
