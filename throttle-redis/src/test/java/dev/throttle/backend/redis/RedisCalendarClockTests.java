package dev.throttle.backend.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.Driver;
import dev.throttle.test.store.FakeClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calendar quotas on a server whose clock passes boundaries, and is months away from that
 * of its clients.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("integration")
class RedisCalendarClockTests {

	private static final int LIMIT = 40;

	private static final int THREADS = 12;

	private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

	private final List<RedisCacheBackend> instances = new ArrayList<>();

	private FakeClock clock;

	private RedisProcess redis;

	Driver driver() {
		return Driver.SYNC;
	}

	@BeforeAll
	void start() throws Exception {
		this.clock = new FakeClock();
		this.redis = RedisProcess.start(this.clock);
		for (Duration knownDenials : List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofHours(1))) {
			this.instances.add(RedisCacheBackend
				.builder(RedisFixture.connector(this.redis.uri()), MemoryCacheBackend.builder().build())
				.timeout(Duration.ofSeconds(10))
				.knownDenials(knownDenials)
				.onFailure((policy) -> OnFailure.DENY)
				.build());
		}
	}

	@AfterAll
	void stop() {
		this.instances.forEach(RedisCacheBackend::close);
		if (this.redis != null) {
			this.redis.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "calendar-month, UTC, 2026-02-01T00:00:00Z, 2026-03-01T00:00:00Z",
			"calendar-day, Europe/Berlin, 2026-03-29T22:00:00Z, 2026-03-30T22:00:00Z",
			"calendar-day, Europe/Berlin, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
			"calendar-hour, Europe/Berlin, 2026-03-29T01:00:00Z, 2026-03-29T02:00:00Z",
			"calendar-hour, Europe/Berlin, 2026-10-25T01:00:00Z, 2026-10-25T02:00:00Z" })
	void exactlyTheLimitIsAdmittedBeforeABoundaryAndAfterIt(String unit, ZoneId zone, Instant boundary, Instant next)
			throws Exception {
		Quota quota = quota(LIMIT + "/" + unit, zone);
		this.clock.set(boundary.minusMillis(400));
		List<Outcome> outcomes = decideUntil(boundary.plusMillis(200), quota);
		Stream<Instant> admitted = outcomes.stream().filter(Outcome::isAllowed).map(Outcome::decidedAt);
		assertThat(admitted).hasSize(2 * LIMIT)
			.filteredOn((time) -> time.isBefore(boundary))
			.hasSize(LIMIT)
			.allSatisfy((time) -> assertThat(time).isAfter(boundary.minusSeconds(1)));
		assertThat(outcomes).allSatisfy((outcome) -> {
			Instant decidedAt = Objects.requireNonNull(outcome.decidedAt());
			Instant end = decidedAt.isBefore(boundary) ? boundary : next;
			assertThat(decidedAt.plusNanos(outcome.resetNanos())).isEqualTo(end);
			assertThat(outcome.waitNanos()).isEqualTo(outcome.isAllowed() ? 0 : outcome.resetNanos());
		});
	}

	/**
	 * Send requests from all instances until the server's clock says a time, and then
	 * until they are denied.
	 * @return the outcomes that were decided by the server
	 */
	private List<Outcome> decideUntil(Instant end, Quota quota) throws Exception {
		ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<?>> done = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				RedisCacheBackend instance = this.instances.get(i % this.instances.size());
				done.add(threads.submit(() -> {
					Outcome outcome;
					do {
						outcome = driver().decide(instance, quota);
						outcomes.add(outcome);
					}
					while (outcome.isAllowed() || Objects.requireNonNull(outcome.decidedAt()).isBefore(end));
				}));
			}
			for (Future<?> each : done) {
				each.get();
			}
		}
		finally {
			threads.shutdown();
		}
		return List.copyOf(outcomes);
	}

	@Test
	void clientThatWaitsRetryAfterIsAdmittedAndNotASecondEarlier() throws Exception {
		Quota quota = quota("1/calendar-day", BERLIN);
		Instant start = Instant.parse("2026-10-24T22:00:00Z");
		this.clock.set(start);
		assertThat(decide(quota).isAllowed()).isTrue();
		Outcome denied = decide(quota);
		long retryAfter = Duration.ofNanos(denied.waitNanos()).plusNanos(999_999_999).toSeconds();
		assertThat(retryAfter).isBetween(Duration.ofHours(25).minusSeconds(5).toSeconds(),
				Duration.ofHours(25).toSeconds());
		Instant decidedAt = Objects.requireNonNull(denied.decidedAt());
		this.clock.set(decidedAt.plusSeconds(retryAfter).minusSeconds(2));
		assertThat(decide(quota).isAllowed()).isFalse();
		this.clock.set(decidedAt.plusSeconds(retryAfter));
		assertThat(decide(quota).isAllowed()).isTrue();
	}

	@Test
	void requestIsRepeatedOnceIfTheServersClockWasSetToAnotherWindow() throws Exception {
		Quota quota = quota("9/calendar-hour", BERLIN);
		this.clock.set(Instant.parse("2026-06-15T12:30:00Z"));
		decide(quota);
		for (String time : List.of("2026-06-15T10:59:00Z", "2026-05-01T00:00:00Z", "2027-01-01T00:00:00Z")) {
			this.clock.set(Instant.parse(time));
			long before = calls();
			Outcome first = decide(quota(quota));
			assertThat(first.decidedAt()).isBetween(Instant.parse(time), Instant.parse(time).plusSeconds(30));
			assertThat(first.remaining()).isEqualTo(8);
			assertThat(calls()).isEqualTo(before + 2);
			decide(quota);
			assertThat(calls()).isEqualTo(before + 3);
		}
	}

	@Test
	void reservationIsSettledInItsWindowOnTheServersClock() throws Exception {
		Quota quota = new Quota(Client.user(UUID.randomUUID().toString()), quota("9/calendar-month", BERLIN).policies(),
				5);
		this.clock.set(Instant.parse("2026-02-28T22:59:30Z"));
		Settlement first = new Settlement(quota, decide(quota), 1);
		assertThat(settle(first)).isEqualTo(Settlement.Result.SETTLED);
		assertThat(decide(quota).remaining()).isEqualTo(3);
		Settlement again = new Settlement(quota, first.outcome(), 3);
		this.clock.set(Instant.parse("2026-02-28T23:00:00Z"));
		assertThat(settle(again)).isEqualTo(Settlement.Result.GONE);
		assertThat(decide(quota).remaining()).isEqualTo(4);
		assertThat(settle(again)).isEqualTo(Settlement.Result.GONE);
		assertThat(settle(new Settlement(quota, first.outcome(), 7))).isEqualTo(Settlement.Result.SETTLED);
		assertThat(decide(quota(quota)).remaining()).isEqualTo(4);
		assertThat(decide(quota).remaining()).isEqualTo(2);
	}

	private Outcome decide(Quota quota) {
		return driver().decide(this.instances.get(0), quota);
	}

	private Settlement.Result settle(Settlement settlement) {
		return driver().of(this.instances.get(0)).settle(List.of(settlement)).get(0);
	}

	private long calls() {
		return Long
			.parseLong(this.redis.field("INFO commandstats", "cmdstat_evalsha").replaceAll("calls=(\\d+),.*", "$1"));
	}

	private static Quota quota(String rate, ZoneId zone) {
		return new Quota(Client.user(UUID.randomUUID().toString()),
				Policy.ofScope(Scope.of("exports"), Rate.parseAll(rate), zone, null), 1);
	}

	/**
	 * Return the same quota of another client.
	 */
	private static Quota quota(Quota quota) {
		return new Quota(Client.user(UUID.randomUUID().toString()), quota.policies(), quota.cost());
	}

}
