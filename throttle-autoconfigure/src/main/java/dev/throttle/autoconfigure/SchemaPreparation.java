package dev.throttle.autoconfigure;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import dev.throttle.autoconfigure.JdbcProperties.InitializeSchema;
import dev.throttle.backend.jdbc.JdbcSchema;
import dev.throttle.backend.jdbc.JdbcSchemaException;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.StringUtils;

/**
 * Checks the tables of the backend that counts in PostgreSQL at startup, or creates them.
 * If the database is away then, they are created once it is back.
 */
final class SchemaPreparation implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SchemaPreparation.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration LONGEST_OPENING = Duration.ofSeconds(5);

	/** SQLSTATEs that begin so are those of missing privileges, objects and schemas. */
	private static final List<String> REFUSED = List.of("42", "3F");

	/** SQLSTATEs of a prepared statement that is there already, or is not there. */
	private static final List<String> PREPARED_STATEMENTS = List.of("42P05", "26000");

	/** The SQLSTATE of a change in a transaction that is read-only. */
	private static final String READ_ONLY = "25006";

	private final JdbcSchema schema;

	private final boolean create;

	private final DataSource dataSource;

	private @Nullable Thread retries;

	private boolean saidReadOnly;

	SchemaPreparation(JdbcProperties properties, DataSource dataSource) {
		this.schema = schema(properties);
		this.create = properties.getInitializeSchema() == InitializeSchema.ALWAYS;
		this.dataSource = dataSource;
	}

	/**
	 * Return the tables that the properties describe.
	 * @throws InvalidThrottleConfigurationException if they cannot have such a prefix
	 */
	private static JdbcSchema schema(JdbcProperties properties) {
		try {
			return new JdbcSchema(properties.getTablePrefix(), properties.isUnlogged());
		}
		catch (IllegalArgumentException ex) {
			throw StoreSettings.invalid("throttle.jdbc.table-prefix", properties.getTablePrefix(),
					"it must be at most 40 lowercase letters, digits and underscores, and not begin with a digit",
					"Set it to a prefix such as '" + JdbcSchema.DEFAULT_TABLE_PREFIX + "'.");
		}
	}

	/**
	 * Create or check the tables, or begin to wait for the database to create them.
	 * @throws InvalidThrottleConfigurationException if the database cannot keep counts
	 */
	void start() {
		if (!prepare() && this.create) {
			this.retries = new Thread(this::retry, "throttle-schema");
			this.retries.setDaemon(true);
			this.retries.start();
		}
	}

	/**
	 * Create or check the tables, as soon as the first connection is open: that may take
	 * longer than a request waits for one.
	 * @return false if the database is away
	 */
	private boolean prepare() {
		long end = System.nanoTime() + LONGEST_OPENING.toNanos();
		while (true) {
			try {
				createOrCheck();
				return true;
			}
			catch (SQLException ex) {
				if (!isOpening(ex) || System.nanoTime() - end > 0) {
					sayIfReadOnly(ex);
					return false;
				}
			}
		}
	}

	private void sayIfReadOnly(SQLException failure) {
		if (READ_ONLY.equals(failure.getSQLState()) && !this.saidReadOnly) {
			this.saidReadOnly = true;
			logger.warn("The tables of the backend that counts in PostgreSQL cannot be created, because the server is "
					+ "read-only: {}. Trying again each second. If the server is a replica, connect to the primary, with "
					+ "targetServerType=primary in the URL if it can change", failure.getMessage());
		}
	}

	/**
	 * Return whether the pool has run out of time, but has met no failure.
	 */
	private static boolean isOpening(SQLException failure) {
		return failure instanceof SQLTransientConnectionException && failure.getCause() == null;
	}

	private void createOrCheck() throws SQLException {
		try {
			if (this.create) {
				this.schema.initialize(this.dataSource);
			}
			this.schema.check(this.dataSource);
		}
		catch (JdbcSchemaException ex) {
			throw new InvalidThrottleConfigurationException(Mistake.MISSING_TABLES,
					"The property 'throttle.backend' is 'jdbc', which needs PostgreSQL 13 or later and tables in it, but "
							+ StringUtils.uncapitalize(ex.getMessage()) + ".",
					ex.getAction() + "." + (ex.isMissing()
							? " To create them at startup, set 'throttle.jdbc.initialize-schema' to 'always'." : ""));
		}
		catch (SQLException ex) {
			if (PREPARED_STATEMENTS.contains(String.valueOf(ex.getSQLState()))) {
				throw new InvalidThrottleConfigurationException(Mistake.MISSING_TABLES,
						"The property 'throttle.backend' is 'jdbc', but a pooler does not know the prepared statements of the driver: "
								+ ex.getMessage(),
						"Add 'prepareThreshold=0' to the data source's URL.");
			}
			if (isRefused(ex)) {
				throw new InvalidThrottleConfigurationException(Mistake.MISSING_TABLES,
						"The property 'throttle.backend' is 'jdbc', but the database does not let the user "
								+ (this.create ? "create" : "check") + " the tables: " + ex.getMessage(),
						this.create ? "Grant the user the right to create tables and functions. Or run the script '"
								+ JdbcSchema.SCRIPT + "' as another user, and remove 'throttle.jdbc.initialize-schema'."
								: "Grant the user the right to execute the functions.");
			}
			throw ex;
		}
	}

	private static boolean isRefused(SQLException failure) {
		String state = failure.getSQLState();
		return state != null && REFUSED.stream().anyMatch(state::startsWith)
				&& !(failure instanceof SQLTransientException);
	}

	private void retry() {
		try {
			do {
				Thread.sleep(INTERVAL.toMillis());
			}
			while (!prepare());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (InvalidThrottleConfigurationException ex) {
			logger.error("{} {}", ex.getDescription(), ex.getAction());
		}
	}

	@Override
	public void close() {
		if (this.retries != null) {
			this.retries.interrupt();
		}
	}

}
