package dev.throttle.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of the backend that counts in PostgreSQL.
 *
 * @since 1.0.0
 */
public class JdbcProperties extends StoreProperties {

	/**
	 * Maximum time to wait for the database, including for a connection. At least one
	 * second during the first ten seconds of an instance.
	 */
	private Duration timeout = Duration.ofMillis(250);

	/**
	 * Name of the DataSource bean of the database to count in. By default, the only or
	 * primary one.
	 */
	private @Nullable String dataSource;

	/**
	 * Prefix of tables and functions.
	 */
	private String tablePrefix = "throttle_";

	/**
	 * When to create tables and functions.
	 */
	private InitializeSchema initializeSchema = InitializeSchema.EMBEDDED;

	/**
	 * Whether to create tables that are not written to the write-ahead log. A crash of
	 * the server empties them.
	 */
	private boolean unlogged;

	/**
	 * Maximum number of connections in a pool of Throttle's own. Zero to use those of the
	 * application.
	 */
	private int maximumPoolSize = 5;

	@Override
	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public @Nullable String getDataSource() {
		return this.dataSource;
	}

	public void setDataSource(@Nullable String dataSource) {
		this.dataSource = dataSource;
	}

	public String getTablePrefix() {
		return this.tablePrefix;
	}

	public void setTablePrefix(String tablePrefix) {
		this.tablePrefix = tablePrefix;
	}

	public InitializeSchema getInitializeSchema() {
		return this.initializeSchema;
	}

	public void setInitializeSchema(InitializeSchema initializeSchema) {
		this.initializeSchema = initializeSchema;
	}

	public boolean isUnlogged() {
		return this.unlogged;
	}

	public void setUnlogged(boolean unlogged) {
		this.unlogged = unlogged;
	}

	public int getMaximumPoolSize() {
		return this.maximumPoolSize;
	}

	public void setMaximumPoolSize(int maximumPoolSize) {
		this.maximumPoolSize = maximumPoolSize;
	}

	/**
	 * When to create tables and functions.
	 */
	public enum InitializeSchema {

		/**
		 * At each startup, unless they exist.
		 */
		ALWAYS,

		/**
		 * Only in an embedded database, which PostgreSQL is not.
		 */
		EMBEDDED,

		/**
		 * Never.
		 */
		NEVER

	}

}
