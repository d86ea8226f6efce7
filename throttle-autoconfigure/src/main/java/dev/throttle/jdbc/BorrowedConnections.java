package dev.throttle.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.sql.DataSource;

/**
 * Connections of the application, for which nobody waits longer than a time of its own,
 * however long the application itself would wait. They are taken on other threads, and so
 * in no transaction of the caller. One that comes too late is given back.
 *
 * @since 1.0.0
 */
public final class BorrowedConnections extends DelegatingDataSource implements AutoCloseable {

	private static final int MAX_THREADS = 16;

	private static final int MAX_WAITING = 1000;

	private final long timeoutNanos;

	private final ThreadPoolExecutor threads;

	/**
	 * Create a data source.
	 * @param application the application's data source
	 * @param timeout how long to wait for a connection
	 */
	public BorrowedConnections(DataSource application, Duration timeout) {
		super(application);
		this.timeoutNanos = timeout.toNanos();
		this.threads = new ThreadPoolExecutor(MAX_THREADS, MAX_THREADS, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_WAITING), (task) -> {
					Thread thread = new Thread(task, "throttle-connections");
					thread.setDaemon(true);
					return thread;
				});
		this.threads.allowCoreThreadTimeOut(true);
	}

	@Override
	public Connection getConnection() throws SQLException {
		CompletableFuture<Connection> borrowed = new CompletableFuture<>();
		try {
			this.threads.execute(() -> borrow(borrowed));
			return borrowed.get(this.timeoutNanos, TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof SQLException failure) ? failure : new SQLException(ex.getCause());
		}
		catch (TimeoutException | RejectedExecutionException ex) {
			giveBack(borrowed);
			throw new SQLTransientConnectionException("the application had no connection to spare in time");
		}
		catch (InterruptedException ex) {
			giveBack(borrowed);
			throw new SQLException("Interrupted while waiting for a connection", ex);
		}
	}

	private void borrow(CompletableFuture<Connection> borrowed) {
		if (borrowed.isDone()) {
			return;
		}
		try {
			Connection connection = super.getConnection();
			if (!borrowed.complete(connection)) {
				connection.close();
			}
		}
		catch (SQLException | RuntimeException ex) {
			borrowed.completeExceptionally(ex);
		}
	}

	/**
	 * Give back a connection that has come meanwhile, or else comes later.
	 */
	private static void giveBack(CompletableFuture<Connection> borrowed) throws SQLException {
		if (!borrowed.cancel(false) && !borrowed.isCompletedExceptionally()) {
			borrowed.join().close();
		}
	}

	@Override
	public void close() {
		this.threads.shutdown();
	}

}
