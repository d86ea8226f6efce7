package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances of an application that have configured different rates.
 */
@Tag("integration")
class RedisRateDifferencesTests {

	private final String prefix = "differences-" + UUID.randomUUID();

	private final AtomicLong micros = new AtomicLong(1_000_000_000_000_000L);

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.throttle.backend.remote.RateDifferences");

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void startLog() {
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void stopLog() {
		this.logger.detachAppender(this.log);
	}

	@Test
	void differenceIsSaidOnceByEachInstanceThatSeesIt() {
		try (Instance before = start(Map.of("user", "60/min", "anon", "2/min", "old", "1/min"));
				Instance after = start(Map.of("user", "90/min, 1000/day", "anon", "2/min", "new", "1/min"))) {
			before.look();
			after.look();
			before.look();
			after.look();
			before.look();
			assertThat(messages()).hasSize(2)
				.anySatisfy((message) -> assertThat(message).startsWith(
						"The scope 'user' has the rate '60/min' here, but '90/min, 1000/day' in another instance"))
				.anySatisfy((message) -> assertThat(message).startsWith(
						"The scope 'user' has the rate '90/min, 1000/day' here, but '60/min' in another instance"));
		}
	}

	@Test
	void differenceInAPlanNamesThePlan() {
		RateRegistry usual = new RateRegistry(Rates.of(Map.of("user", "60/min"))
			.withPlan("pro", false, Map.of(Scope.of("user"), Rate.parseAll("600/min, 9/calendar-month"))));
		RateRegistry changed = new RateRegistry(
				Rates.of(Map.of("user", "60/min")).withPlan("pro", false, Map.of(Scope.of("user"), List.of())));
		try (Instance one = start(RedisFixture.uri(), usual); Instance other = start(RedisFixture.uri(), changed)) {
			one.look();
			other.look();
			assertThat(messages()).anySatisfy((message) -> assertThat(message)
				.startsWith("The scope 'user' of the plan 'pro' has the rate 'unlimited' here, "
						+ "but '600/min, 9/calendar-month' in another instance"));
		}
	}

	@Test
	void nothingIsSaidOfInstancesThatAreAlike() {
		try (Instance one = start(Map.of("user", "60/min")); Instance other = start(Map.of("USER", "60/1min"))) {
			one.look();
			other.look();
			one.look();
			other.rates.override("user", "5/min", null);
			one.look();
			assertThat(messages()).isEmpty();
			assertThat(one.rates.overrides()).containsOnlyKeys(Scope.of("user"));
		}
	}

	@Test
	void ratesOfAnInstanceThatIsGoneAreForgotten() {
		try (Instance before = start(Map.of("user", "60/min"))) {
			before.look();
		}
		this.micros.addAndGet(Duration.ofSeconds(11).toNanos() / 1000);
		try (Instance after = start(Map.of("user", "90/min"))) {
			after.look();
			after.look();
			assertThat(messages()).isEmpty();
		}
	}

	@Test
	void ratesOfAnInstanceThatIsGoneAreForgottenThoughTheClockIsSetBack() {
		this.micros.addAndGet(Duration.ofDays(400).toNanos() / 1000);
		try (Instance before = start(Map.of("user", "60/min"))) {
			before.look();
		}
		this.micros.addAndGet(Duration.ofDays(-400).plusSeconds(11).toNanos() / 1000);
		try (Instance after = start(Map.of("user", "90/min"))) {
			after.look();
			after.look();
			assertThat(messages()).isEmpty();
		}
	}

	@Test
	void rateThatIsChangedInOneInstanceAloneIsADifference() {
		try (Instance one = start(Map.of("user", "60/min")); Instance other = start(Map.of("user", "60/min"))) {
			other.look();
			one.rates.update((rates) -> rates.with(Scope.of("user"), List.of(Rate.parse("7/min"))));
			one.look();
			other.look();
			assertThat(messages()).anySatisfy((message) -> assertThat(message)
				.startsWith("The scope 'user' has the rate '60/min' here, but '7/min' in another instance"));
		}
	}

	@Test
	void hashIsKeptAsLongAsThereAreOverridesAndElseExpires() {
		RedisClient client = RedisClient.create(RedisFixture.uri());
		try (Instance one = start(Map.of("user", "60/min"));
				StatefulRedisConnection<String, String> connection = client.connect()) {
			one.look();
			assertThat(connection.sync().pttl(this.prefix + ":rates")).isBetween(1L, 60_000L);
			one.rates.override("user", "5/min", null);
			assertThat(connection.sync().pttl(this.prefix + ":rates")).isEqualTo(-1);
			one.rates.removeOverride("user");
			this.micros.addAndGet(Duration.ofSeconds(6).toNanos() / 1000);
			one.look();
			assertThat(connection.sync().pttl(this.prefix + ":rates")).isBetween(1L, 60_000L);
		}
		finally {
			client.shutdown();
		}
	}

	@Test
	void serverThatIsFullStillTellsWhichRatesAreInForce() throws IOException {
		try (RedisProcess redis = RedisProcess.start(); Instance one = start(redis.uri(), Map.of("user", "60/min"))) {
			one.rates.override("user", "5/min", null);
			redis.command("CONFIG SET maxmemory 1");
			try (Instance other = start(redis.uri(), Map.of("user", "90/min"))) {
				RedisFixture.await(Duration.ofSeconds(5), () -> other.rates.overrides().containsKey(Scope.of("user")));
			}
		}
	}

	private List<String> messages() {
		return this.log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	private Instance start(Map<String, String> rates) {
		return start(RedisFixture.uri(), rates);
	}

	private Instance start(String uri, Map<String, String> rates) {
		return start(uri, new RateRegistry(Rates.of(rates)));
	}

	private Instance start(String uri, RateRegistry rates) {
		return new Instance(RedisCacheBackend.builder(RedisFixture.connector(uri), MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(1))
			.prefix(this.prefix)
			.time(this.micros::get)
			.build(), rates);
	}

	/**
	 * What an instance of an application has.
	 */
	private record Instance(RedisCacheBackend backend, RateRegistry rates) implements AutoCloseable {

		Instance {
			rates.follow(backend.rateOverrides());
		}

		/**
		 * Read and publish now, as is done once a second anyway.
		 */
		void look() {
			this.backend.rateOverrides().remove("nobody");
		}

		@Override
		public void close() {
			this.rates.close();
			this.backend.close();
		}

	}

}
