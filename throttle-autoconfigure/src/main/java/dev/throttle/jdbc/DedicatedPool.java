package dev.throttle.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import com.zaxxer.hikari.util.DriverDataSource;
import org.jspecify.annotations.Nullable;

/**
 * A small pool of connections to the database of another pool. Neither pool waits for the
 * connections of the other. Connections are opened when they are needed, as the same
 * user, and closed after ten minutes without use.
 *
 * @since 1.0.0
 */
public final class DedicatedPool extends HikariDataSource {

	private static final Duration SHORTEST_WAIT = Duration.ofMillis(250);

	private static final String POSTGRESQL = "jdbc:postgresql:";

	private final HikariDataSource application;

	private DedicatedPool(HikariDataSource application, int size, Duration timeout) {
		this.application = application;
		application.copyStateTo(this);
		setPoolName("throttle");
		setMaximumPoolSize(size);
		// While connections cannot be opened, a pool that keeps some idle waits ever
		// longer before it tries again.
		setMinimumIdle(0);
		setIdleTimeout(TimeUnit.MINUTES.toMillis(10));
		long wait = Math.max(timeout.toMillis(), SHORTEST_WAIT.toMillis());
		setConnectionTimeout(wait);
		setValidationTimeout(wait);
		setInitializationFailTimeout(0);
		setAutoCommit(true);
		setReadOnly(false);
		setTransactionIsolation("TRANSACTION_READ_COMMITTED");
		setLeakDetectionThreshold(0);
	}

	/**
	 * Return a pool of connections to the same database.
	 * @param dataSource the application's data source, which need not be connected
	 * @param size the maximum number of connections
	 * @param timeout how long a request waits for a connection, at least 250 ms
	 * @return the pool, null if the data source is not a HikariCP pool, or takes its
	 * connections from a pool of the application server
	 */
	public static @Nullable DedicatedPool of(DataSource dataSource, int size, Duration timeout) {
		HikariDataSource application = hikari(dataSource);
		if (application == null || application.getDataSourceJNDI() != null) {
			return null;
		}
		DedicatedPool pool = new DedicatedPool(application, size, timeout);
		DataSource target = target(application);
		if (target != null) {
			pool.setDataSource(new OwnLoginTimeout(target));
		}
		return pool;
	}

	private static @Nullable HikariDataSource hikari(DataSource dataSource) {
		try {
			return dataSource.isWrapperFor(HikariDataSource.class) ? dataSource.unwrap(HikariDataSource.class) : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

	/**
	 * Return what opens the connections, null if each pool creates its own.
	 */
	private static @Nullable DataSource target(HikariDataSource application) {
		if (application.getDataSource() != null || application.getDataSourceClassName() != null) {
			return application.getDataSource();
		}
		Properties properties = new Properties();
		properties.putAll(application.getDataSourceProperties());
		if (application.getJdbcUrl().startsWith(POSTGRESQL)) {
			properties.putIfAbsent("loginTimeout", Integer.toString(OwnLoginTimeout.SECONDS));
		}
		return new DriverDataSource(application.getJdbcUrl(), application.getDriverClassName(), properties, null, null);
	}

	/**
	 * Return the application's user name and password, which it may change at run time.
	 */
	@Override
	public Credentials getCredentials() {
		return this.application.getCredentials();
	}

	/**
	 * Return the host, port and name of the database, without credentials.
	 * @return the place, empty if it is not known
	 */
	public String place() {
		String url = getJdbcUrl();
		int start = (url != null) ? url.indexOf("//") : -1;
		return (start >= 0) ? url.substring(start + 2).replaceFirst("[?;].*", "") : "";
	}

}
