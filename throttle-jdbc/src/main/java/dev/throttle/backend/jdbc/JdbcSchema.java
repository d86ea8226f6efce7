package dev.throttle.backend.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import javax.sql.DataSource;

/**
 * The tables and functions that a {@link JdbcCacheBackend} needs. They are created in the
 * schema in which the connection creates tables, and found through its search path. A
 * script in the jar, {@value #SCRIPT}, creates them with the default prefix.
 *
 * @since 1.0.0
 */
public final class JdbcSchema {

	/**
	 * The default prefix of tables, indexes and functions.
	 */
	public static final String DEFAULT_TABLE_PREFIX = "throttle_";

	/**
	 * The resource with the script.
	 */
	public static final String SCRIPT = "dev/throttle/backend/jdbc/schema-postgresql.sql";

	private static final int OLDEST_SERVER = 13;

	private static final int VERSION = 1;

	private static final List<String> TABLES = List.of("history", "chunk", "counter", "override", "instance");

	private static final Pattern PREFIX = Pattern.compile("[a-z_][a-z0-9_]{0,39}");

	private final String tablePrefix;

	private final boolean unlogged;

	/**
	 * Create a schema.
	 * @param tablePrefix the prefix of tables, indexes and functions: at most 40
	 * lowercase letters, digits and underscores, not beginning with a digit
	 * @param unlogged whether tables are not written to the write-ahead log: this is
	 * faster, but a crash of the server empties them, and replicas do not have them
	 * @throws IllegalArgumentException if the prefix has other characters
	 */
	public JdbcSchema(String tablePrefix, boolean unlogged) {
		this.tablePrefix = checkedPrefix(tablePrefix);
		this.unlogged = unlogged;
	}

	/**
	 * Return a prefix, which becomes part of statements.
	 * @throws IllegalArgumentException if the prefix has characters of another kind
	 */
	static String checkedPrefix(String tablePrefix) {
		if (!PREFIX.matcher(tablePrefix).matches()) {
			throw new IllegalArgumentException(
					"'tablePrefix' must be at most 40 lowercase letters, digits and underscores, and not begin with a digit, but is '"
							+ tablePrefix + "'");
		}
		return tablePrefix;
	}

	/**
	 * Return the script that creates tables and functions unless they exist.
	 * @return the statements, some of which contain semicolons
	 */
	public String script() {
		String script = read().replace(DEFAULT_TABLE_PREFIX, this.tablePrefix);
		return this.unlogged ? script.replace("CREATE TABLE", "CREATE UNLOGGED TABLE") : script;
	}

	private static String read() {
		try (InputStream stream = JdbcSchema.class.getClassLoader().getResourceAsStream(SCRIPT)) {
			return new String(Objects.requireNonNull(stream, SCRIPT).readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Create tables and functions unless they exist. Several instances may do so at once.
	 * @param dataSource connects to the database as a user who may create them
	 * @throws SQLException if there is no connection, or they cannot be created
	 * @throws JdbcSchemaException if the database is not PostgreSQL or too old, or has
	 * another version of them
	 */
	public void initialize(DataSource dataSource) throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			checkServer(connection);
			boolean autoCommit = connection.getAutoCommit();
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				statement
					.execute("SELECT pg_advisory_xact_lock(hashtextextended('" + this.tablePrefix + "schema', 0))");
				if (version(connection) == 0) {
					statement.execute(script());
				}
				connection.commit();
			}
			catch (SQLException ex) {
				connection.rollback();
				throw ex;
			}
			finally {
				connection.setAutoCommit(autoCommit);
			}
			checkVersion(connection);
		}
	}

	/**
	 * Check that the database can keep histories.
	 * @param dataSource connects to the database
	 * @throws SQLException if there is no connection
	 * @throws JdbcSchemaException if the database is not PostgreSQL or too old, if tables
	 * and functions are missing or have another version, or if the isolation level of the
	 * connection is not {@code READ COMMITTED}
	 */
	public void check(DataSource dataSource) throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			checkServer(connection);
			checkVersion(connection);
			if (connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED) {
				throw new JdbcSchemaException("The isolation level of the connections is not READ COMMITTED",
						"Set this isolation level for them, or use a pool of connections for the backend alone", false);
			}
		}
	}

	private static void checkServer(Connection connection) throws SQLException {
		DatabaseMetaData server = connection.getMetaData();
		if (!server.getDatabaseProductName().equals("PostgreSQL")) {
			throw new JdbcSchemaException(
					"The database is " + server.getDatabaseProductName()
							+ ", but histories are kept in PostgreSQL only",
					"Use a data source of PostgreSQL " + OLDEST_SERVER + " or later, or another backend", false);
		}
		if (server.getDatabaseMajorVersion() < OLDEST_SERVER) {
			throw new JdbcSchemaException("The server is PostgreSQL " + server.getDatabaseProductVersion() + ", but "
					+ OLDEST_SERVER + " or later is needed", "Upgrade the server, or use another backend", false);
		}
	}

	private void checkVersion(Connection connection) throws SQLException {
		int version = version(connection);
		if (version == 0) {
			throw new JdbcSchemaException(
					"The database has no function '" + this.tablePrefix + "version', or not the tables '"
							+ this.tablePrefix + "*', in the user's search path",
					"Run the script '" + SCRIPT
							+ "' of the jar, or let the application do so. If it was run, check the search path, the table prefix and the user's right to execute functions",
					true);
		}
		if (version != VERSION) {
			throw new JdbcSchemaException(
					"The tables '" + this.tablePrefix + "*' have version " + version + ", but " + VERSION
							+ " is needed",
					"Use a table prefix of its own, or drop these tables and functions and run the script '" + SCRIPT
							+ "' of this version",
					false);
		}
	}

	/**
	 * Return the version of the schema, 0 if there is none.
	 */
	private int version(Connection connection) throws SQLException {
		try (PreparedStatement exists = connection.prepareStatement("SELECT to_regprocedure(?) IS NOT NULL")) {
			exists.setString(1, this.tablePrefix + "version()");
			try (ResultSet result = exists.executeQuery()) {
				result.next();
				if (!result.getBoolean(1)) {
					return 0;
				}
			}
		}
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT " + this.tablePrefix + "version()")) {
			result.next();
			return (result.getInt(1) != VERSION || hasTables(connection)) ? result.getInt(1) : 0;
		}
	}

	/**
	 * Return whether there are all tables. They may have been dropped without the
	 * functions.
	 */
	private boolean hasTables(Connection connection) throws SQLException {
		try (PreparedStatement exist = connection
			.prepareStatement("SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(?::text[]) AS name")) {
			exist.setArray(1,
					connection.createArrayOf("text", TABLES.stream().map(this.tablePrefix::concat).toArray()));
			try (ResultSet result = exist.executeQuery()) {
				result.next();
				return result.getBoolean(1);
			}
		}
	}

}
