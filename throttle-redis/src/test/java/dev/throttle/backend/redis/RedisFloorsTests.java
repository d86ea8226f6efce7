package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.store.Driver;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many classes a request passes on its way to Lettuce.
 */
@Tag("integration")
class RedisFloorsTests {

	private final Set<String> floors = ConcurrentHashMap.newKeySet();

	@ParameterizedTest
	@EnumSource(Driver.class)
	void requestPassesFiveClassesAtMost(Driver driver) {
		assertThat(floors(driver, RedisFixture.connector(), Client.user("alice"))).containsExactlyInAnyOrder(
				"RemoteCacheBackend", "RedisCacheBackend", "Exchange", "BatchingSender", "DecideScript");
	}

	@ParameterizedTest
	@EnumSource(Driver.class)
	void requestToAClusterPassesFiveClassesAtMost(Driver driver) {
		assertThat(floors(driver, RedisFixture.cluster().connector(), Client.user("alice")))
			.containsExactlyInAnyOrder("RemoteCacheBackend", "RedisCacheBackend", "Exchange", "DecideScript");
	}

	@Test
	void requestOfSeveralClientsPassesFiveClassesAtMost() {
		assertThat(floors(Driver.ASYNC, RedisFixture.cluster().connector(), Client.user("alice"), Client.user("bob")))
			.hasSizeLessThanOrEqualTo(5);
	}

	private Set<String> floors(Driver driver, RedisConnector connector, Client... clients) {
		try (RedisCacheBackend backend = RedisCacheBackend
			.builder(new WatchedConnector(connector, () -> this.floors.addAll(classesOnTheStack())),
					MemoryCacheBackend.builder().build())
			.prefix("floors-" + UUID.randomUUID())
			.timeout(Duration.ofSeconds(10))
			.build()) {
			backend.warmUp(Duration.ofSeconds(10));
			Policy policy = Policy.of("user", Rate.parse("100/hour"));
			List<QuotaGroup> request = List
				.of(new QuotaGroup(Stream.of(clients).map((client) -> new Quota(client, policy)).toList()));
			driver.decide(backend, request);
			this.floors.clear();
			assertThat(driver.decide(backend, request)).allMatch((outcome) -> outcome.decidedAt() != null);
			return Set.copyOf(this.floors);
		}
	}

	private static Set<String> classesOnTheStack() {
		return Stream.of(Thread.currentThread().getStackTrace())
			.map(StackTraceElement::getClassName)
			.map((name) -> name.replaceAll("[$].*", ""))
			.filter((name) -> name.startsWith("dev.throttle.backend."))
			.map((name) -> name.substring(name.lastIndexOf('.') + 1))
			.filter((name) -> !Set.of("RedisFloorsTests", "Driver", "WatchedConnector").contains(name))
			.collect(Collectors.toSet());
	}

}
