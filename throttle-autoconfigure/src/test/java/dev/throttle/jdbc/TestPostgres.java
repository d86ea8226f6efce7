package dev.throttle.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * A real PostgreSQL on a free port of this machine, for the time of a test.
 */
public final class TestPostgres implements AutoCloseable {

	private final EmbeddedPostgres server;

	private final AtomicInteger databases = new AtomicInteger();

	private TestPostgres(EmbeddedPostgres server) {
		this.server = server;
	}

	public static TestPostgres start() {
		return start(freePort());
	}

	public static TestPostgres start(int port) {
		try {
			return new TestPostgres(EmbeddedPostgres.builder().setPort(port).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public static int freePort() {
		try (ServerSocket socket = new ServerSocket()) {
			socket.bind(new InetSocketAddress("127.0.0.1", 0));
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the URL of the database that is always there.
	 */
	public String url() {
		return url(this.server.getPort(), "postgres");
	}

	/**
	 * Create a database and return its URL.
	 */
	public String createDatabase() {
		String name = "test" + this.databases.incrementAndGet();
		execute(url(), "CREATE DATABASE " + name);
		return url(this.server.getPort(), name);
	}

	/**
	 * Return the URL of a database for the user who may do everything.
	 */
	public static String url(int port, String database) {
		return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
	}

	public static void execute(String url, String sql) {
		try (Connection connection = DriverManager.getConnection(url);
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the text in the only field of a result.
	 */
	public static String query(String url, String sql) {
		try (Connection connection = DriverManager.getConnection(url);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
		catch (SQLException ex) {
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
