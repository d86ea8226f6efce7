package dev.throttle.backend.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.PlainHistory;
import dev.throttle.test.store.RandomRequests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what the functions decide with a {@link PlainHistory}: random requests of a
 * few clients under a few scopes, and settlements of what was recorded, in any order,
 * while rates and their order change and the clock is set. Chunks are small, so that most
 * histories have some.
 */
@Tag("integration")
class JdbcFuzzTests {

	private static final int DECISIONS = Integer.getInteger("fuzz.decisions", 10_000);

	private static final int DECISIONS_PER_SEED = 1_000;

	private static final AtomicLong micros = new AtomicLong();

	private static HikariDataSource pool;

	private static Connection sweeping;

	private static JdbcCacheBackend backend;

	@BeforeAll
	static void open() throws Exception {
		pool = PostgresFixture.pool(3);
		PostgresFixture.createSmallChunks();
		// nobody else sweeps what is void before the clock is set back
		sweeping = pool.getConnection();
		try (Statement statement = sweeping.createStatement()) {
			statement.execute("SELECT pg_advisory_lock("
					+ new JdbcKeys(PostgresFixture.SMALL_CHUNKS, "fuzz", null).sweepLock() + ")");
		}
		backend = JdbcCacheBackend.builder(pool, MemoryCacheBackend.builder().build())
			.tablePrefix(PostgresFixture.SMALL_CHUNKS)
			.prefix("fuzz")
			.time(micros::get)
			.timeout(Duration.ofSeconds(10))
			.knownDenials(Duration.ZERO)
			.onFailure((scope) -> OnFailure.DENY)
			.build();
	}

	@AfterAll
	static void close() throws SQLException {
		backend.close();
		sweeping.close();
		pool.close();
	}

	@Test
	void everyOutcomeIsThatOfAPlainHistory() {
		for (long seed = 0; seed < DECISIONS / DECISIONS_PER_SEED; seed++) {
			new Run(seed).run();
		}
	}

	private static final class Run extends RandomRequests {

		Run(long seed) {
			super(seed);
		}

		void run() {
			for (int decisions = 0; decisions < DECISIONS_PER_SEED;) {
				pass();
				micros.set(this.now);
				boolean record = !oneIn(12);
				List<QuotaGroup> groups = record ? groups() : List.of(group(oneIn(4)));
				List<Outcome> expected = expect(groups, record);
				assertThat(record ? backend.decide(groups) : backend.peek(groups.get(0)))
					.as("%s, record %s: %s", this, record, groups)
					.isEqualTo(expected);
				decisions++;
				if (mustSettle()) {
					settle();
				}
			}
		}

		private void settle() {
			List<Settlement> all = settlements();
			List<Settlement.Result> expected = all.stream().map(this::expect).toList();
			assertThat(backend.settle(all)).as("%s, settle: %s", this, all).isEqualTo(expected);
		}

		private Settlement.Result expect(Settlement settlement) {
			PlainHistory history = history(settlement.quota());
			if (settlement.difference() < 0) {
				return history.lower(settlement, this.now);
			}
			if (settlement.difference() > 0) {
				history.raise(settlement, this.now);
			}
			return Settlement.Result.SETTLED;
		}

		/**
		 * Undo the use of histories, except for those before the first that has no room:
		 * they were recorded, and then given back.
		 */
		@Override
		protected void undo(QuotaGroup group, boolean record, Map<PlainHistory, Long> costs) {
			boolean written = record;
			for (Map.Entry<PlainHistory, Long> each : costs.entrySet()) {
				written = written && group.quotas()
					.stream()
					.filter((quota) -> history(quota) == each.getKey())
					.flatMap((quota) -> quota.policies().stream())
					.allMatch((policy) -> each.getKey().hasRoom(policy, each.getValue()));
				if (!written) {
					each.getKey().undo();
				}
			}
		}

	}

}
