package dev.throttle.backend.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.CacheBackendContractTests;
import dev.throttle.test.store.Driver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/**
 * The contract, held by PostgreSQL with a clock that is moved by hand.
 */
@Tag("integration")
class JdbcCacheBackendContractTests extends CacheBackendContractTests {

	private static final AtomicLong micros = new AtomicLong(1_700_000_000_000_000L);

	private static HikariDataSource pool;

	private static JdbcCacheBackend backend;

	/**
	 * Return the prefix of the tables, called once for all tests of the class.
	 */
	String tablePrefix() throws SQLException {
		return JdbcSchema.DEFAULT_TABLE_PREFIX;
	}

	/**
	 * Return a pool of the server, called once for all tests of the class.
	 */
	HikariDataSource createPool() throws SQLException {
		return PostgresFixture.pool(8);
	}

	Driver driver() {
		return Driver.SYNC;
	}

	@AfterAll
	static void close() {
		if (backend != null) {
			backend.close();
			pool.close();
			backend = null;
		}
	}

	@Override
	protected CacheBackend backend() {
		try {
			return driver().of(shared());
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private CacheBackend shared() throws SQLException {
		if (backend == null) {
			pool = createPool();
			backend = JdbcCacheBackend.builder(pool, MemoryCacheBackend.builder().build())
				.tablePrefix(tablePrefix())
				.time(micros::get)
				.timeout(Duration.ofSeconds(10))
				.knownDenials(Duration.ZERO)
				.onFailure((scope) -> OnFailure.DENY)
				.build();
		}
		return backend;
	}

	@Override
	protected void advance(Duration duration) {
		micros.addAndGet(duration.toNanos() / 1000);
	}

	@Override
	protected int rounds() {
		return 5;
	}

	@Override
	protected Duration resolution() {
		return Duration.ofNanos(1000);
	}

}
