package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * A real PostgreSQL on a free port of this machine, for the time of a test.
 */
final class TestDatabase implements AutoCloseable {

	private final EmbeddedPostgres server;

	private final Path directory;

	private TestDatabase() throws IOException {
		this.directory = Files.createTempDirectory("throttle-postgres");
		this.server = EmbeddedPostgres.builder().setDataDirectory(this.directory).start();
	}

	static TestDatabase start() {
		try {
			return new TestDatabase();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String url() {
		return url("postgres");
	}

	/**
	 * Return the URL for a user.
	 */
	String url(String user) {
		return "jdbc:postgresql://127.0.0.1:" + this.server.getPort() + "/postgres?user=" + user;
	}

	void execute(String... statements) {
		try (Connection connection = DriverManager.getConnection(url());
				Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the number that is the result of a query.
	 */
	long query(String sql) {
		try (Connection connection = DriverManager.getConnection(url());
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Send a signal to all processes of the server.
	 */
	void signal(String signal) {
		try {
			ProcessHandle server = ProcessHandle
				.of(Long.parseLong(Files.readAllLines(this.directory.resolve("postmaster.pid")).get(0)))
				.orElseThrow();
			for (ProcessHandle process : server.descendants().toList()) {
				kill(signal, process);
			}
			kill(signal, server);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void kill(String signal, ProcessHandle process) throws IOException {
		try {
			new ProcessBuilder("kill", signal, Long.toString(process.pid())).inheritIO().start().waitFor();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
