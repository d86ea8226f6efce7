package dev.throttle.metrics;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.RedisCacheBackend;
import dev.throttle.backend.redis.RedisClientOptions;
import dev.throttle.backend.redis.RedisConnector;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RemoteMetrics}.
 */
class RemoteMetricsTests {

	/** Those that open the breaker. */
	private static final int LATE_CALLS = 5;

	/** Those that then ask at once. */
	private static final int PROBES = 1;

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void serverThatDoesNotAnswerIsSeen() throws Exception {
		try (ServerSocket silent = new ServerSocket(0); RedisCacheBackend backend = backend(silent.getLocalPort())) {
			MemoryCacheBackend memory = MemoryCacheBackend.builder().build();
			new RemoteMetrics(Map.of("cacheBackend", backend, "other", memory)).bindTo(this.registry);
			assertThat(breakerOpen()).isZero();
			Quota quota = new Quota(Client.user("alice"), Policy.of("user", Rate.parse("9/day")));
			for (int i = 0; i < LATE_CALLS + PROBES + 1; i++) {
				assertThat(backend.decide(quota).get(0).decidedBy()).isEqualTo(DecidedBy.LOCAL);
			}
			assertThat(breakerOpen()).isEqualTo(1);
			assertThat(
					this.registry.get("throttle.memory.clients").tag("backend", "cacheBackend.local").gauge().value())
				.isEqualTo(1);
			assertThat(asked("failed")).isEqualTo(LATE_CALLS + PROBES);
			assertThat(asked("answered")).isZero();
			assertThat(this.registry.find("throttle.backend").tag("backend", "other").timer()).isNull();
		}
	}

	private double breakerOpen() {
		return this.registry.get("throttle.backend.breaker.open").tag("backend", "cacheBackend").gauge().value();
	}

	private long asked(String result) {
		return this.registry.get("throttle.backend").tags("backend", "cacheBackend", "result", result).timer().count();
	}

	private static RedisCacheBackend backend(int port) {
		RedisClient client = RedisClient.create();
		client.setOptions(RedisClientOptions.standalone().build());
		return RedisCacheBackend
			.builder(RedisConnector.standalone(client, RedisURI.create("redis://127.0.0.1:" + port)),
					MemoryCacheBackend.builder().build())
			.timeout(Duration.ofMillis(100))
			.build();
	}

}
