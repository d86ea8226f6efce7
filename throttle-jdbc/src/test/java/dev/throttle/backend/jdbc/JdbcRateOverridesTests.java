package dev.throttle.backend.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Policy;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.RemoteRateOverrides;
import dev.throttle.backend.remote.RemoteRateOverrides.Kept;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rates that are set at run time for all instances of an application.
 */
@Tag("integration")
class JdbcRateOverridesTests {

	private static final Duration IN_FORCE_WITHIN = Duration.ofSeconds(2);

	private final String prefix = "overrides-" + UUID.randomUUID();

	private static HikariDataSource pool;

	@BeforeAll
	static void open() {
		pool = PostgresFixture.pool(3);
	}

	@AfterAll
	static void close() {
		pool.close();
	}

	@Test
	void overrideIsInForceInOtherInstancesWithinTwoSecondsAndGoneWhenItEnds() {
		try (Instance one = start(); Instance other = start()) {
			one.rates.override("user", "500/hour", Duration.ofSeconds(3));
			assertThat(one.inForce()).isEqualTo("500/hour");
			await(IN_FORCE_WITHIN, () -> other.inForce().equals("500/hour"));
			assertThat(other.rates.overrides().get(Scope.of("user")).until()).isBetween(Instant.now(),
					Instant.now().plusSeconds(3));
			await(Duration.ofSeconds(4), () -> other.inForce().equals("60/min"));
			await(IN_FORCE_WITHIN, () -> one.rates.rates() == one.rates.configured());
		}
	}

	@Test
	void overrideThatIsRemovedIsGoneInOtherInstances() {
		try (Instance one = start(); Instance other = start()) {
			one.rates.override("user", "500/hour", null);
			await(IN_FORCE_WITHIN, () -> other.inForce().equals("500/hour"));
			other.rates.removeOverride("user");
			assertThat(other.inForce()).isEqualTo("60/min");
			await(IN_FORCE_WITHIN, () -> one.inForce().equals("60/min"));
		}
	}

	@Test
	void rateOfAPlanIsOverriddenInAllInstances() {
		try (Instance one = start(); Instance other = start()) {
			one.rates.overridePlan("Pro", "user", "7/s, 9000/calendar-month", null);
			assertThat(one.inForce("pro")).containsExactly("7/s", "9000/calendar-month");
			await(IN_FORCE_WITHIN, () -> other.inForce("pro").equals(one.inForce("pro")));
			assertThat(other.inForce()).isEqualTo("60/min");
			assertThat(other.rates.overrides("pro")).containsOnlyKeys(Scope.of("user"));
			assertThat(other.rates.overrides()).isEmpty();
			other.rates.removePlanOverride("pro", "user");
			assertThat(other.inForce("pro")).containsExactly("600/min");
			await(IN_FORCE_WITHIN, () -> one.inForce("pro").equals(other.inForce("pro")));
		}
	}

	@Test
	void instanceThatStartsLaterHasTheOverride() {
		try (Instance one = start()) {
			one.rates.override("user", "60/min, 500/hour", null);
			try (Instance other = start()) {
				await(IN_FORCE_WITHIN, () -> !other.rates.overrides().isEmpty());
				assertThat(other.rates.rates().policies(Scope.of("user"))).extracting(Policy::rate)
					.containsExactly(Rate.parse("60/min"), Rate.parse("500/hour"));
			}
		}
	}

	@Test
	void overrideEndsByTheClockOfTheServer() {
		AtomicLong micros = new AtomicLong(1_000_000_000_000_000L);
		try (Instance one = new Instance(backend(micros))) {
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
		try (Instance one = start()) {
			one.backend.rateOverrides().set("user", "many/fortnight", null);
			one.backend.rateOverrides().set("nobody", "1/min", null);
			one.backend.rateOverrides().set("anon", "5/min", null);
			assertThat(one.inForce()).isEqualTo("60/min");
			assertThat(one.rates.overrides()).containsOnlyKeys(Scope.of("anon"));
		}
	}

	@Test
	void lastKnownOverridesStayWhileTheServerIsAwayUntilTheyEnd() throws SQLException {
		try (PostgresProcess server = PostgresProcess.start();
				HikariDataSource pool = PostgresFixture.pool(server, 2, Duration.ofMillis(500))) {
			new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).initialize(server.dataSource());
			try (Instance one = start(pool)) {
				one.rates.override("user", "500/hour", Duration.ofSeconds(5));
				one.rates.override("anon", "7/hour", null);
				server.kill();
				assertThatExceptionOfType(BackendUnavailableException.class)
					.isThrownBy(() -> one.rates.override("user", "1/hour", null));
				await(IN_FORCE_WITHIN.plusSeconds(2), () -> !one.backend.isAvailable());
				assertThat(one.inForce()).isEqualTo("500/hour");
				await(Duration.ofSeconds(7), () -> one.inForce().equals("60/min"));
				assertThat(one.rates.overrides()).containsOnlyKeys(Scope.of("anon"));
				server.restart();
				await(Duration.ofSeconds(15), one.backend::isAvailable);
				assertThat(one.rates.overrides()).containsOnlyKeys(Scope.of("anon"));
			}
		}
	}

	@Test
	void differentRatesOfInstancesAreKnownToBoth() throws Exception {
		AtomicLong micros = new AtomicLong(1_000_000_000_000_000L);
		JdbcCacheBackend backend = backend(micros);
		RemoteRateOverrides one = (RemoteRateOverrides) backend.rateOverrides();
		assertThat(read(one, "user 1/min").configured()).containsExactly("user 1/min");
		assertThat(read(one, "user 2/min").configured()).containsExactlyInAnyOrder("user 1/min", "user 2/min");
		micros.addAndGet(6_000_000);
		assertThat(read(one, "user 2/min").configured()).containsExactlyInAnyOrder("user 1/min", "user 2/min");
		micros.addAndGet(5_000_000);
		assertThat(read(one, "user 2/min").configured()).containsExactly("user 2/min");
		backend.close();
	}

	private static Kept read(RemoteRateOverrides overrides, String configured) throws Exception {
		return ((JdbcRateOverrides) overrides).read(configured, Runnable::run).get();
	}

	private JdbcCacheBackend backend(AtomicLong micros) {
		return builder(pool).time(micros::get).build();
	}

	private Instance start() {
		return start(pool);
	}

	private Instance start(DataSource dataSource) {
		return new Instance(builder(dataSource).build());
	}

	private JdbcCacheBackend.Builder builder(DataSource dataSource) {
		return JdbcCacheBackend.builder(dataSource, MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(2))
			.prefix(this.prefix);
	}

	private static void await(Duration patience, Callable<Boolean> condition) {
		Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(patience).until(condition);
	}

	/**
	 * What an instance of an application has.
	 */
	private static final class Instance implements AutoCloseable {

		private final JdbcCacheBackend backend;

		private final RateRegistry rates = new RateRegistry(Rates.of(Map.of("user", "60/min", "anon", "2/min"))
			.withPlan("pro", false, Map.of(Scope.of("user"), Rate.parseAll("600/min"))));

		Instance(JdbcCacheBackend backend) {
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
