package dev.throttle.backend.jdbc;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.store.Driver;
import dev.throttle.test.store.FakeClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server whose clock is set, or is months away from that of its clients.
 */
@Tag("integration")
class JdbcClockStepTests {

	private static final Duration PERIOD = Duration.ofSeconds(10);

	private static FakeClock clock;

	private static PostgresProcess server;

	private static HikariDataSource pool;

	private static JdbcCacheBackend backend;

	private final Client client = Client.user(UUID.randomUUID().toString());

	@BeforeAll
	static void start() throws IOException, SQLException {
		clock = new FakeClock();
		server = PostgresProcess.start(clock);
		new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).initialize(server.dataSource());
		pool = PostgresFixture.pool(server, 2, Duration.ofSeconds(10));
		backend = JdbcCacheBackend.builder(pool, MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(10))
			.knownDenials(Duration.ZERO)
			.build();
	}

	@AfterAll
	static void close() {
		if (server != null) {
			backend.close();
			pool.close();
			server.close();
		}
	}

	@ParameterizedTest
	@EnumSource(Driver.class)
	void clockThatIsSetDeniesNobodyBeyondThePeriodAndForgetsNothingWhenSetBack(Driver driver) throws IOException {
		Quota quota = quota("3/10s", ZoneId.of("UTC"));
		clock.set("+400d");
		for (int i = 0; i < 3; i++) {
			assertThat(decide(driver, quota).isAllowed()).isTrue();
		}
		for (String offset : List.of("+0", "-1h", "-400d")) {
			clock.set(offset);
			Outcome denied = decide(driver, quota);
			assertThat(denied.isAllowed()).isFalse();
			assertThat(denied.waitNanos()).isBetween(1L, PERIOD.toNanos());
		}
		clock.set("+1h");
		assertThat(decide(driver, quota).isAllowed()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "calendar-month, UTC, 2026-02-01T00:00:00Z, 2026-03-01T00:00:00Z",
			"calendar-day, Europe/Berlin, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
			"calendar-hour, Europe/Berlin, 2026-03-29T01:00:00Z, 2026-03-29T02:00:00Z" })
	void windowIsThatOfTheServersClock(String unit, ZoneId zone, Instant boundary, Instant next) throws IOException {
		Quota quota = quota("2/" + unit, zone);
		clock.set(boundary.minusSeconds(600));
		assertThat(decide(Driver.SYNC, quota).isAllowed()).isTrue();
		assertThat(decide(Driver.SYNC, quota).isAllowed()).isTrue();
		assertThat(end(decide(Driver.SYNC, quota))).isEqualTo(boundary);
		clock.set(boundary);
		Outcome first = decide(Driver.SYNC, quota);
		assertThat(first.remaining()).isEqualTo(1);
		assertThat(end(first)).isEqualTo(next);
	}

	@Test
	void clientThatWaitsRetryAfterIsAdmittedAndNotASecondEarlier() throws IOException {
		Quota quota = quota("1/calendar-day", ZoneId.of("Europe/Berlin"));
		clock.set(Instant.parse("2026-10-24T22:00:00Z"));
		assertThat(decide(Driver.SYNC, quota).isAllowed()).isTrue();
		Outcome denied = decide(Driver.SYNC, quota);
		Instant free = Objects.requireNonNull(denied.decidedAt())
			.plusSeconds(Duration.ofNanos(denied.waitNanos()).plusNanos(999_999_999).toSeconds());
		clock.set(free.minusSeconds(2));
		assertThat(decide(Driver.SYNC, quota).isAllowed()).isFalse();
		clock.set(free);
		assertThat(decide(Driver.SYNC, quota).isAllowed()).isTrue();
	}

	@Test
	void reservationIsSettledInItsWindowOnTheServersClock() throws IOException {
		Quota quota = new Quota(this.client, quota("9/calendar-month", ZoneId.of("UTC")).policies(), 5);
		clock.set(Instant.parse("2026-02-28T23:00:00Z"));
		Settlement first = new Settlement(quota, decide(Driver.SYNC, quota), 1);
		assertThat(backend.settle(List.of(first))).containsExactly(Settlement.Result.SETTLED);
		assertThat(decide(Driver.SYNC, quota).remaining()).isEqualTo(3);
		clock.set(Instant.parse("2026-03-01T00:00:00Z"));
		assertThat(backend.settle(List.of(new Settlement(quota, first.outcome(), 3))))
			.containsExactly(Settlement.Result.GONE);
		assertThat(decide(Driver.SYNC, quota).remaining()).isEqualTo(4);
	}

	private static Instant end(Outcome outcome) {
		return Objects.requireNonNull(outcome.decidedAt()).plusNanos(outcome.resetNanos());
	}

	private static Outcome decide(Driver driver, Quota quota) {
		Outcome outcome = driver.decide(backend, quota);
		assertThat(outcome.decidedBy()).isEqualTo(DecidedBy.BACKEND);
		return outcome;
	}

	private Quota quota(String rate, ZoneId zone) {
		return new Quota(this.client, Policy.ofScope(Scope.of("exports"), Rate.parseAll(rate), zone, null), 1);
	}

}
