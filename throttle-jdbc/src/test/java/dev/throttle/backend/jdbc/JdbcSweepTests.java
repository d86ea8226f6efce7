package dev.throttle.backend.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How void histories leave the tables.
 */
@Tag("integration")
class JdbcSweepTests {

	private static final String PREFIX = "sweep_";

	private final AtomicLong micros = new AtomicLong(1_000_000_000_000_000L);

	private HikariDataSource pool;

	private JdbcCacheBackend backend;

	private ServerFunctions functions;

	@BeforeEach
	void open() throws SQLException {
		this.pool = PostgresFixture.pool(2);
		String script = new JdbcSchema(PREFIX, false).script()
			.replace("integer := 64", "integer := 4")
			.replace("integer := 32", "integer := 2");
		execute(script);
		execute("TRUNCATE sweep_history, sweep_chunk, sweep_counter");
		this.backend = JdbcCacheBackend.builder(this.pool, MemoryCacheBackend.builder().build())
			.tablePrefix(PREFIX)
			.time(this.micros::get)
			.timeout(Duration.ofSeconds(10))
			.knownDenials(Duration.ZERO)
			.build();
		this.functions = new ServerFunctions(this.pool, PREFIX, new JdbcKeys(PREFIX, "throttle", null),
				this.micros::get);
	}

	@AfterEach
	void close() {
		this.backend.close();
		this.pool.close();
	}

	@Test
	void voidHistoriesAreDeletedInBatchesAndLiveOnesStay() throws Exception {
		for (int i = 0; i < 30; i++) {
			decide(quota("client" + i, "9/min"));
			decide(quota("client" + i, "9/calendar-hour"));
		}
		pass(Duration.ofHours(2));
		decide(quota("alice", "9/min"));
		decide(quota("alice", "9/calendar-hour"));
		assertThat(sweep(20)).isEqualTo(40);
		assertThat(sweep(20)).isEqualTo(20);
		assertThat(sweep(20)).isZero();
		assertThat(count("history")).isEqualTo(1);
		assertThat(count("counter")).isEqualTo(1);
		assertThat(decide(quota("alice", "9/min")).remaining()).isEqualTo(7);
	}

	@Test
	void chunksOfAVoidHistoryAreDeletedBeforeIt() throws Exception {
		for (int i = 0; i < 24; i++) {
			decide(quota("alice", "99/min"));
		}
		assertThat(count("chunk")).isEqualTo(10);
		pass(Duration.ofHours(1));
		assertThat(sweep(4)).isEqualTo(4);
		assertThat(count("history")).isEqualTo(1);
		assertThat(sweep(100)).isEqualTo(7);
		assertThat(count("history")).isZero();
		assertThat(decide(quota("alice", "99/min")).remaining()).isEqualTo(98);
	}

	@Test
	void requestsOfAClientDeleteWhatIsVoidOfIt() throws Exception {
		for (int i = 0; i < 24; i++) {
			decide(quota("alice", "99/min"));
		}
		pass(Duration.ofHours(1));
		decide(quota("alice", "99/min"));
		decide(quota("alice", "99/min"));
		assertThat(count("chunk")).isZero();
		assertThat(decide(quota("alice", "99/min")).remaining()).isEqualTo(96);
	}

	@Test
	void requestsCountAlthoughSomeoneDeletedOlderOnes() throws Exception {
		for (int i = 0; i < 24; i++) {
			decide(quota("alice", "99/min"));
		}
		execute("DELETE FROM sweep_chunk");
		assertThat(decide(quota("alice", "99/min")).remaining()).isEqualTo(94);
		assertThat(decide(quota("alice", "99/min")).remaining()).isEqualTo(93);
	}

	@Test
	void historyThatMakesNoSenseIsNotDecided() throws Exception {
		for (int i = 0; i < 24; i++) {
			decide(quota("alice", "24/min"));
		}
		execute("DELETE FROM sweep_chunk WHERE number < 9");
		execute("UPDATE sweep_chunk SET total = 0");
		assertThat(decide(quota("alice", "6/min")).decidedBy()).isEqualTo(DecidedBy.LOCAL);
	}

	@Test
	void chunksAreDeletedAsOthersAreFilled() throws Exception {
		for (int i = 0; i < 300; i++) {
			assertThat(decide(quota("alice", "99/min")).isAllowed()).isTrue();
			pass(Duration.ofSeconds(1));
		}
		assertThat(count("chunk")).isBetween(27L, 32L);
	}

	@Test
	void historyThatWasDeletedMeanwhileIsWrittenAnew() throws Exception {
		decide(quota("alice", "9/min"));
		pass(Duration.ofHours(1));
		try (Connection other = this.pool.getConnection(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("DELETE FROM sweep_history");
			Thread request = new Thread(() -> decide(quota("alice", "9/min")));
			request.start();
			TimeUnit.MILLISECONDS.sleep(300);
			other.commit();
			request.join();
		}
		assertThat(this.backend.peek(new QuotaGroup(List.of(quota("alice", "9/min")))).get(0).remaining()).isEqualTo(8);
	}

	@Test
	void historyWhoseChunksARequestDeletesIsLeftToIt() throws Exception {
		for (int i = 0; i < 24; i++) {
			decide(quota("alice", "99/min"));
		}
		decide(quota("bob", "99/min"));
		pass(Duration.ofHours(1));
		try (Connection other = this.pool.getConnection(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("DELETE FROM sweep_chunk WHERE number < 8");
			CompletableFuture<Integer> deleted = CompletableFuture.supplyAsync(() -> {
				try {
					return sweep(100);
				}
				catch (SQLException | TimeoutException ex) {
					throw new CompletionException(ex);
				}
			});
			assertThat(deleted).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(2 + 1);
			other.rollback();
			other.setAutoCommit(true);
		}
		assertThat(count("history")).isEqualTo(1);
		assertThat(sweep(100)).isEqualTo(8 + 1);
	}

	@Test
	void onlyOneInstanceSweepsAtATime() throws Exception {
		decide(quota("alice", "9/min"));
		pass(Duration.ofHours(1));
		long lock = new JdbcKeys(PREFIX, "throttle", null).sweepLock();
		try (Connection other = this.pool.getConnection(); Statement statement = other.createStatement()) {
			statement.execute("SELECT pg_advisory_lock(" + lock + ")");
			assertThat(sweep(10)).isZero();
			statement.execute("SELECT pg_advisory_unlock(" + lock + ")");
		}
		assertThat(sweep(10)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 10 })
	void largestSumsDoNotOverflow(int entries) throws Exception {
		Quota largest = new Quota(Client.user("alice"),
				Policy.of("user", new Rate(Rate.MAX_LIMIT, Duration.ofMinutes(1))), Rate.MAX_LIMIT / entries);
		for (int i = 0; i < entries; i++) {
			decide(largest);
		}
		execute("UPDATE sweep_history SET base = base + 4000000000000000000,"
				+ " costs = ARRAY(SELECT cost + 4000000000000000000 FROM unnest(costs) cost)");
		execute("UPDATE sweep_chunk SET base = base + 4000000000000000000, total = total + 4000000000000000000,"
				+ " costs = ARRAY(SELECT cost + 4000000000000000000 FROM unnest(costs) cost)");
		pass(Duration.ofSeconds(10));
		assertThat(decide(largest).isAllowed()).isFalse();
		assertThat(decide(quota("alice", "999999999999999/min")).remaining()).isEqualTo(Rate.MAX_LIMIT % entries - 1);
		assertThat(query("SELECT max(costs[1]) FROM sweep_history")).isLessThan(2 * Rate.MAX_LIMIT);
		pass(Duration.ofSeconds(50));
		assertThat(decide(largest).remaining()).isEqualTo(Rate.MAX_LIMIT - 1 - Rate.MAX_LIMIT / entries);
	}

	private static Quota quota(String client, String rate) {
		return new Quota(Client.user(client), Policy.ofScope(Scope.of("user"), Rate.parseAll(rate)), 1);
	}

	private Outcome decide(Quota quota) {
		return this.backend.decide(quota).get(0);
	}

	private void pass(Duration duration) {
		this.micros.addAndGet(duration.toNanos() / 1000);
	}

	private int sweep(int most) throws SQLException, TimeoutException {
		return this.functions.sweep(most, System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
	}

	private long count(String table) throws SQLException {
		return query("SELECT count(*) FROM " + PREFIX + table);
	}

	private long query(String sql) throws SQLException {
		try (Connection connection = this.pool.getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

	private void execute(String sql) throws SQLException {
		try (Connection connection = this.pool.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
