package dev.throttle.backend.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rates that are set at run time for all instances of an application.
 */
@Tag("integration")
class RedisRateOverridesTests {

	private static final Duration IN_FORCE_WITHIN = Duration.ofSeconds(2);

	private final String prefix = "overrides-" + UUID.randomUUID();

	@Test
	void overrideIsInForceInOtherInstancesWithinTwoSecondsAndGoneWhenItEnds() {
		try (Instance one = start(RedisFixture.uri()); Instance other = start(RedisFixture.uri())) {
			one.rates.override("user", "500/hour", Duration.ofSeconds(3));
			assertThat(one.inForce()).isEqualTo("500/hour");
			RedisFixture.await(IN_FORCE_WITHIN, () -> other.inForce().equals("500/hour"));
			assertThat(other.rates.overrides().get(Scope.of("user")).until()).isBetween(Instant.now(),
					Instant.now().plusSeconds(3));
			RedisFixture.await(Duration.ofSeconds(4), () -> other.inForce().equals("60/min"));
			RedisFixture.await(IN_FORCE_WITHIN, () -> one.rates.rates() == one.rates.configured());
		}
	}

	@Test
	void overrideThatIsRemovedIsGoneInOtherInstances() {
		try (Instance one = start(RedisFixture.uri()); Instance other = start(RedisFixture.uri())) {
			one.rates.override("user", "500/hour", null);
			RedisFixture.await(IN_FORCE_WITHIN, () -> other.inForce().equals("500/hour"));
			other.rates.removeOverride("user");
			assertThat(other.inForce()).isEqualTo("60/min");
			RedisFixture.await(IN_FORCE_WITHIN, () -> one.inForce().equals("60/min"));
		}
	}

	@Test
	void rateOfAPlanIsOverriddenInAllInstances() {
		try (Instance one = start(RedisFixture.uri()); Instance other = start(RedisFixture.uri())) {
			one.rates.overridePlan("Pro", "user", "7/s, 9000/calendar-month", null);
			assertThat(one.inForce("pro")).containsExactly("7/s", "9000/calendar-month");
			RedisFixture.await(IN_FORCE_WITHIN, () -> other.inForce("pro").equals(one.inForce("pro")));
			assertThat(other.inForce()).isEqualTo("60/min");
			assertThat(other.rates.overrides("pro")).containsOnlyKeys(Scope.of("user"));
			assertThat(other.rates.overrides()).isEmpty();
			other.rates.removePlanOverride("pro", "user");
			assertThat(other.inForce("pro")).containsExactly("600/min");
			RedisFixture.await(IN_FORCE_WITHIN, () -> one.inForce("pro").equals(other.inForce("pro")));
		}
	}

	@Test
	void instanceThatStartsLaterHasTheOverride() {
		try (Instance one = start(RedisFixture.uri())) {
			one.rates.override("user", "60/min, 500/hour", null);
			try (Instance other = start(RedisFixture.uri())) {
				RedisFixture.await(IN_FORCE_WITHIN, () -> !other.rates.overrides().isEmpty());
				assertThat(other.rates.rates().policies(Scope.of("user"))).extracting(Policy::rate)
					.containsExactly(Rate.parse("60/min"), Rate.parse("500/hour"));
			}
		}
	}

	@Test
	void overrideEndsByTheClockOfTheServer() {
		AtomicLong micros = new AtomicLong(1_000_000_000_000_000L);
		try (Instance one = new Instance(builder(RedisFixture.uri()).time(micros::get).build())) {
			one.rates.override("user", "500/hour", Duration.ofHours(1));
			assertThat(one.rates.overrides().get(Scope.of("user")).until())
				.isEqualTo(Instant.ofEpochSecond(1_000_000_000).plusSeconds(3600));
			micros.addAndGet(Duration.ofMinutes(59).toNanos() / 1000);
			one.rates.override("anon", "1/hour", null);
			assertThat(one.rates.overrides()).containsOnlyKeys(Scope.of("user"), Scope.of("anon"));
			micros.addAndGet(Duration.ofMinutes(1).toNanos() / 1000);
			one.rates.removeOverride("anon");
			assertThat(one.rates.overrides()).isEmpty();
		}
	}

	@Test
	void fieldThatIsNoOverrideIsIgnored() {
		try (Instance one = start(RedisFixture.uri())) {
			one.backend.rateOverrides().set("user", "many/fortnight", null);
			one.backend.rateOverrides().set("nobody", "1/min", null);
			one.backend.rateOverrides().set("anon", "5/min", null);
			assertThat(one.inForce()).isEqualTo("60/min");
			assertThat(one.rates.overrides()).containsOnlyKeys(Scope.of("anon"));
		}
	}

	@Test
	void lastKnownOverridesStayWhileRedisIsAwayUntilTheyEnd() {
		try (RedisProcess redis = RedisProcess.start(); Instance one = start(redis.uri())) {
			one.rates.override("user", "500/hour", Duration.ofSeconds(4));
			one.rates.override("anon", "7/hour", null);
			redis.kill();
			assertThatExceptionOfType(BackendUnavailableException.class)
				.isThrownBy(() -> one.rates.override("user", "1/hour", null));
			RedisFixture.await(IN_FORCE_WITHIN, () -> !one.backend.isAvailable());
			assertThat(one.inForce()).isEqualTo("500/hour");
			RedisFixture.await(Duration.ofSeconds(7), () -> one.inForce().equals("60/min"));
			assertThat(one.rates.overrides()).containsOnlyKeys(Scope.of("anon"));
			redis.restart();
			RedisFixture.await(Duration.ofSeconds(15), () -> one.rates.overrides().isEmpty());
			RedisFixture.await(Duration.ofSeconds(15), one.backend::isAvailable);
		}
	}

	@Test
	void readingRatesOnAServerThatHangsIsFeltByNoRequest() throws Exception {
		try (RedisProcess redis = RedisProcess.start(); Instance one = start(redis.uri())) {
			one.rates.override("user", "500/hour", null);
			redis.suspend();
			RedisFixture.await(Duration.ofSeconds(6), () -> !one.backend.isAvailable());
			long start = System.nanoTime();
			for (int i = 0; i < 1000; i++) {
				assertThat(one.inForce()).isEqualTo("500/hour");
			}
			assertThat(System.nanoTime() - start).isLessThan(Duration.ofMillis(500).toNanos());
			redis.resume();
			RedisFixture.await(Duration.ofSeconds(15), one.backend::isAvailable);
			assertThat(one.inForce()).isEqualTo("500/hour");
		}
	}

	@Test
	void resetThatRedisDoesNotMakeIsAnError() {
		try (RedisProcess redis = RedisProcess.start(); Instance one = start(redis.uri())) {
			Client client = Client.user("alice");
			Policy policy = Policy.of("user", Rate.parse("1/hour"));
			one.backend.decide(new Quota(client, policy));
			one.backend.reset(client, policy.scope());
			assertThat(one.backend.decide(new Quota(client, policy)).get(0).isAllowed()).isTrue();
			redis.kill();
			assertThatExceptionOfType(BackendUnavailableException.class)
				.isThrownBy(() -> one.backend.reset(client, policy.scope()));
		}
	}

	private Instance start(String uri) {
		return new Instance(builder(uri).build());
	}

	private RedisCacheBackend.Builder builder(String uri) {
		return RedisCacheBackend.builder(RedisFixture.connector(uri), MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(1))
			.prefix(this.prefix);
	}

	/**
	 * What an instance of an application has.
	 */
	private static final class Instance implements AutoCloseable {

		private final RedisCacheBackend backend;

		private final RateRegistry rates = new RateRegistry(Rates.of(Map.of("user", "60/min", "anon", "2/min"))
			.withPlan("pro", false, Map.of(Scope.of("user"), Rate.parseAll("600/min"))));

		Instance(RedisCacheBackend backend) {
			this.backend = backend;
			this.rates.follow(backend.rateOverrides());
		}

		String inForce() {
			return this.rates.rates().policies(Scope.of("user")).get(0).rate().toString();
		}

		List<String> inForce(String plan) {
			PlanRates rates = Objects.requireNonNull(this.rates.rates().plan(plan));
			return rates.policies().get(Scope.of("user")).stream().map((policy) -> policy.rate().toString()).toList();
		}

		@Override
		public void close() {
			this.rates.close();
			this.backend.close();
		}

	}

}
