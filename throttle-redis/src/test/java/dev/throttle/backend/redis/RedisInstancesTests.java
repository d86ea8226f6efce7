package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several {@link RedisCacheBackend}s on one server, as several instances of an
 * application have them.
 */
class RedisInstancesTests extends AbstractRedisInstancesTests {

	private static final int THREADS = 64;

	private final Client client = Client.user(UUID.randomUUID().toString());

	@RepeatedTest(20)
	void exactlyAsManyAreAdmittedAsTheLimitSays() throws Exception {
		Quota quota = new Quota(this.client, Policy.of("burst", Rate.parse("1000/hour")));
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		CyclicBarrier start = new CyclicBarrier(THREADS);
		List<Future<Integer>> admitted = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			RedisCacheBackend instance = this.instances.get(i % this.instances.size());
			admitted.add(threads.submit(() -> {
				start.await();
				int count = 0;
				for (int request = 0; request < 20; request++) {
					count += driver().decide(instance, quota).isAllowed() ? 1 : 0;
				}
				return count;
			}));
		}
		int sum = 0;
		for (Future<Integer> future : admitted) {
			sum += future.get();
		}
		threads.shutdown();
		assertThat(sum).isEqualTo(1000);
	}

	@Test
	void requestOfFourQuotasIsOneCommandAndAKnownDenialNone() {
		RedisClient redis = RedisClient.create();
		List<RedisCommands<String, String>> commands = servers().stream()
			.map((server) -> redis.connect(RedisURI.create(server)).sync())
			.toList();
		List<QuotaGroup> request = List.of(new QuotaGroup(
				List.of(quota("a", "2/hour"), quota("b", "9/hour"), quota("c", "9/hour"), quota("d", "9/hour"))));
		RedisCacheBackend instance = this.instances.get(0);
		driver().decide(instance, request);
		long before = calls(commands);
		assertThat(driver().decide(instance, request)).allMatch(Outcome::isAllowed);
		assertThat(calls(commands)).isEqualTo(before + 1);
		assertThat(driver().decide(instance, request).get(0).isAllowed()).isFalse();
		assertThat(calls(commands)).isEqualTo(before + 2);
		for (int i = 0; i < 10; i++) {
			assertThat(driver().decide(instance, request).get(0).isAllowed()).isFalse();
		}
		assertThat(calls(commands)).isEqualTo(before + 2);
		instance.reset(this.client, Scope.of("a"));
		assertThat(driver().decide(instance, request)).allMatch(Outcome::isAllowed);
		redis.shutdown();
	}

	private Quota quota(String scope, String rate) {
		return new Quota(this.client, Policy.of(scope, Rate.parse(rate)));
	}

}
