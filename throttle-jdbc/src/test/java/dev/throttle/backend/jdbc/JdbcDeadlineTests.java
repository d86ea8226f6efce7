package dev.throttle.backend.jdbc;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.store.Driver;
import dev.throttle.test.store.IdleThread;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is true of a request that the server does not decide in time.
 */
@Tag("integration")
class JdbcDeadlineTests {

	/** Twice the time in which the pool finds that a connection does not answer. */
	private static final Duration TIMEOUT = Duration.ofMillis(500);

	/** By default, for a machine that is busy. */
	private static final Duration MARGIN = Duration.ofMillis(Integer.getInteger("deadline.margin", 500));

	private static PostgresProcess server;

	private final Quota quota = new Quota(Client.user(UUID.randomUUID().toString()),
			Policy.of("user", Rate.parse("100/hour")));

	private HikariDataSource pool;

	private JdbcCacheBackend backend;

	private IdleThread idle;

	@BeforeAll
	static void startServer() throws SQLException {
		server = PostgresProcess.start();
		new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).initialize(server.dataSource());
	}

	@AfterAll
	static void closeServer() {
		server.close();
	}

	@BeforeEach
	void start() {
		this.pool = PostgresFixture.pool(server, 2, TIMEOUT);
		this.backend = JdbcCacheBackend.builder(this.pool, MemoryCacheBackend.builder().build())
			.timeout(TIMEOUT)
			.build();
		for (int i = 0; i < 20; i++) {
			assertThat(this.backend.peek(new QuotaGroup(List.of(this.quota)))).hasSize(1);
		}
		this.idle = IdleThread.start();
	}

	@AfterEach
	void close() {
		this.idle.close();
		this.backend.close();
		this.pool.close();
	}

	@ParameterizedTest
	@EnumSource(Driver.class)
	void serverThatStandsStillRecordsNothingLate(Driver driver) {
		assertThat(driver.decide(this.backend, this.quota).decidedBy()).isEqualTo(DecidedBy.BACKEND);
		server.pause();
		try {
			assertUndecidedInTime(driver);
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
		}
		finally {
			server.resume();
		}
		assertThat(remaining()).isEqualTo(99);
	}

	@Test
	void lockOnATableIsAnOutageWithinTheTimeout() throws SQLException {
		try (Connection other = server.dataSource().getConnection(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("LOCK TABLE throttle_history");
			assertUndecidedInTime(Driver.SYNC);
			other.rollback();
		}
		assertThat(remaining()).isEqualTo(100);
	}

	@Test
	void poolWithoutAConnectionIsAnOutageWithinTheTimeout() throws SQLException {
		Connection one = this.pool.getConnection();
		Connection two = this.pool.getConnection();
		assertUndecidedInTime(Driver.SYNC);
		one.close();
		two.close();
		assertThat(remaining()).isEqualTo(100);
	}

	@Test
	void interruptedRequestSaysNothingAboutTheServer() throws SQLException {
		Connection one = this.pool.getConnection();
		Connection two = this.pool.getConnection();
		Thread.currentThread().interrupt();
		assertThat(this.backend.decide(this.quota).get(0).decidedBy()).isEqualTo(DecidedBy.LOCAL);
		assertThat(Thread.interrupted()).isTrue();
		one.close();
		two.close();
		assertThat(this.backend.decide(this.quota).get(0).decidedBy()).isEqualTo(DecidedBy.BACKEND);
	}

	@Test
	void readOnlyServerDoesNotDecide() throws SQLException {
		execute("ALTER SYSTEM SET default_transaction_read_only = on");
		execute("SELECT pg_reload_conf()");
		try {
			await().atMost(Duration.ofSeconds(5))
				.until(() -> this.backend.decide(this.quota).get(0).decidedBy() == DecidedBy.LOCAL);
			assertThat(this.backend.isAvailable()).isFalse();
		}
		finally {
			execute("ALTER SYSTEM RESET default_transaction_read_only");
			execute("SELECT pg_reload_conf()");
		}
		remaining();
	}

	@Test
	void connectionThatAnAdministratorClosesIsAnOutageOfOneRequest() throws SQLException {
		assertThat(this.backend.decide(this.quota).get(0).remaining()).isEqualTo(99);
		execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
		assertThat(this.backend.decide(this.quota).get(0).decidedBy()).isEqualTo(DecidedBy.LOCAL);
		assertThat(this.backend.isAvailable()).isTrue();
		assertThat(this.backend.decide(this.quota).get(0).remaining()).isEqualTo(98);
	}

	@Test
	void serverThatWasKilledIsUsedAgainWhenItIsBack() {
		assertThat(this.backend.decide(this.quota).get(0).remaining()).isEqualTo(99);
		server.kill();
		assertThat(this.backend.decide(this.quota).get(0).decidedBy()).isEqualTo(DecidedBy.LOCAL);
		server.restart();
		long start = System.nanoTime();
		remaining();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
	}

	@Test
	void connectionIsLeftAsItWas() throws SQLException {
		try (Connection connection = server.dataSource().getConnection()) {
			connection.setAutoCommit(false);
			connection.setNetworkTimeout(Runnable::run, 12_345);
			Connection kept = (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { Connection.class }, (proxy, method, arguments) -> method.getName().equals("close")
							? null : method.invoke(connection, arguments));
			DataSource single = (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { DataSource.class }, (proxy, method, arguments) -> kept);
			try (JdbcCacheBackend other = JdbcCacheBackend.builder(single, MemoryCacheBackend.builder().build())
				.timeout(Duration.ofSeconds(10))
				.build()) {
				assertThat(other.decide(this.quota).get(0).remaining()).isEqualTo(99);
			}
			assertThat(connection.getAutoCommit()).isFalse();
			assertThat(connection.getNetworkTimeout()).isEqualTo(12_345);
			connection.rollback();
		}
		assertThat(remaining()).isEqualTo(99);
	}

	@Test
	void rollbackOfTheCallersTransactionTakesNothingBack() throws SQLException {
		try (Connection own = server.dataSource().getConnection(); Statement statement = own.createStatement()) {
			own.setAutoCommit(false);
			statement.execute("CREATE TABLE work (id integer)");
			this.backend.decide(this.quota);
			own.rollback();
		}
		assertThat(remaining()).isEqualTo(99);
	}

	private void assertUndecidedInTime(Driver driver) {
		long start = System.nanoTime();
		assertThat(driver.decide(this.backend, this.quota).decidedBy()).isEqualTo(DecidedBy.LOCAL);
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		Duration stall = this.idle.longestStall();
		System.out.println("Undecided after " + took.toMillis() + " ms, timeout " + TIMEOUT.toMillis()
				+ " ms, longest stall of an idle thread " + stall.toMillis() + " ms");
		assertThat(took).isLessThan(TIMEOUT.plus(MARGIN).plus(stall));
	}

	private long remaining() {
		return await().atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(50))
			.until(() -> this.backend.peek(new QuotaGroup(List.of(this.quota))).get(0),
					(outcome) -> outcome.decidedBy() == DecidedBy.BACKEND)
			.remaining();
	}

	private void execute(String sql) throws SQLException {
		try (Connection connection = server.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
