package dev.throttle.backend.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/**
 * The server that tests share, with the tables in it.
 */
final class PostgresFixture {

	/** The prefix of tables and functions with small chunks. */
	static final String SMALL_CHUNKS = "small_";

	private static final PostgresProcess SERVER = start();

	private PostgresFixture() {
	}

	private static PostgresProcess start() {
		PostgresProcess server = PostgresProcess.start();
		Runtime.getRuntime().addShutdownHook(new Thread(server::close));
		try {
			new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).initialize(server.dataSource());
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return server;
	}

	/**
	 * Create tables and functions with small chunks, unless they exist.
	 */
	static void createSmallChunks() throws SQLException {
		String script = new JdbcSchema(SMALL_CHUNKS, false).script();
		String small = script.replace("integer := 64", "integer := 4").replace("integer := 32", "integer := 2");
		try (Connection connection = SERVER.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(small);
		}
	}

	static PostgresProcess server() {
		return SERVER;
	}

	/**
	 * Return a pool of the shared server.
	 */
	static HikariDataSource pool(int size) {
		return pool(SERVER, size, Duration.ofSeconds(10));
	}

	static HikariDataSource pool(PostgresProcess server, int size, Duration timeout) {
		return pool(server.dataSource(), size, timeout);
	}

	static HikariDataSource pool(DataSource dataSource, int size, Duration timeout) {
		HikariConfig config = new HikariConfig();
		config.setDataSource(dataSource);
		config.setPoolName("pool-" + UUID.randomUUID());
		config.setMaximumPoolSize(size);
		config.setMinimumIdle(0);
		config.setConnectionTimeout(timeout.toMillis());
		config.setValidationTimeout(250);
		return new HikariDataSource(config);
	}

}
