package dev.throttle.backend.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.store.IdleThread;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many clients that come once in an hour, which passes in seconds. In each minute of it,
 * void histories are swept, and the table is vacuumed, as an autovacuum would do.
 */
@Tag("integration")
class JdbcChurnTests {

	private static final int CLIENTS = Integer.getInteger("churn.clients", 20_000);

	/**
	 * How many times the median the longest request may take, on an idle machine. By
	 * default, it may take any time.
	 */
	private static final int LONGEST = Integer.getInteger("churn.longest", Integer.MAX_VALUE);

	private static final long MICROS_PER_CLIENT = Duration.ofHours(1).toNanos() / 1000 / CLIENTS;

	private static final int MINUTES = 60;

	private static final Policy POLICY = Policy.of("user", Rate.parse("10/10min"));

	private static final int THREADS = 4;

	private static final int BATCH = 500;

	private final AtomicLong micros = new AtomicLong(1_700_000_000_000_000L);

	private PostgresProcess server;

	private HikariDataSource pool;

	private long mostDead;

	@BeforeEach
	void start() throws SQLException {
		this.server = PostgresProcess.start();
		new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).initialize(this.server.dataSource());
		this.pool = PostgresFixture.pool(this.server, THREADS + 4, Duration.ofSeconds(10));
	}

	@AfterEach
	void close() {
		this.pool.close();
		this.server.close();
	}

	@Test
	void tableStaysAsSmallAsWhatIsLive() throws Exception {
		try (IdleThread idle = IdleThread.start();
				JdbcCacheBackend backend = JdbcCacheBackend.builder(this.pool, MemoryCacheBackend.builder().build())
					.time(this.micros::get)
					.timeout(Duration.ofSeconds(10))
					.build()) {
			long[] nanos = churn(backend);
			long stall = idle.longestStall().toNanos();
			long live = query("SELECT count(*) FROM throttle_history");
			long size = size();
			execute("VACUUM FULL throttle_history");
			long compact = size();
			long median = nanos[nanos.length / 2];
			long longest = nanos[nanos.length - 1];
			System.out
				.println("Churn: " + CLIENTS + " clients, " + live + " live, at most " + this.mostDead + " dead rows, "
						+ size / 1024 + " KiB of " + compact / 1024 + " live, median " + median / 1000 + " us, longest "
						+ longest / 1000 + " us, longest stall of an idle thread " + stall / 1000 + " us");
			assertThat(live).isBetween(CLIENTS / 6L, CLIENTS / 4L);
			assertThat(size).isLessThanOrEqualTo(2 * compact);
			assertThat(this.mostDead).isLessThan(live);
			assertThat((longest - stall) / median).isLessThanOrEqualTo(LONGEST);
		}
	}

	/**
	 * Let each client come once.
	 * @return how long the requests took, in order
	 */
	private long[] churn(JdbcCacheBackend backend) throws Exception {
		long[] nanos = new long[CLIENTS];
		AtomicInteger next = new AtomicInteger();
		ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
		for (int minute = 1; minute <= MINUTES; minute++) {
			int end = CLIENTS / MINUTES * minute;
			List<Callable<Void>> work = new ArrayList<>(Collections.nCopies(THREADS, () -> {
				for (int client = next.get(); client < end; client = next.get()) {
					if (next.compareAndSet(client, client + 1)) {
						nanos[client] = decide(backend, "client-" + client);
					}
				}
				return null;
			}));
			work.add(() -> {
				sweep();
				this.mostDead = Math.max(this.mostDead, deadRows());
				execute("VACUUM throttle_history");
				return null;
			});
			for (Future<Void> each : threads.invokeAll(work)) {
				each.get();
			}
		}
		threads.shutdown();
		// the first requests prepare what later ones use
		long[] sorted = Arrays.copyOfRange(nanos, CLIENTS / 20, next.get());
		Arrays.sort(sorted);
		return sorted;
	}

	private long decide(JdbcCacheBackend backend, String user) {
		this.micros.addAndGet(MICROS_PER_CLIENT);
		long start = System.nanoTime();
		assertThat(backend.decide(new Quota(Client.user(user), POLICY)).get(0).decidedBy())
			.isEqualTo(DecidedBy.BACKEND);
		return System.nanoTime() - start;
	}

	private void sweep() throws Exception {
		ServerFunctions functions = new ServerFunctions(this.pool, JdbcSchema.DEFAULT_TABLE_PREFIX,
				new JdbcKeys(JdbcSchema.DEFAULT_TABLE_PREFIX, "throttle", null), this.micros::get);
		int swept;
		do {
			swept = functions.sweep(BATCH, System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
		}
		while (swept == BATCH);
	}

	private long deadRows() throws SQLException {
		return query("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'throttle_history'");
	}

	private long size() throws SQLException {
		return query("SELECT pg_total_relation_size('throttle_history')");
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
