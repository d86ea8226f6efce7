package dev.throttle.backend.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes histories that are void, in batches that are short because requests may wait
 * for one. Of several instances, one at a time does so.
 */
final class Sweeper {

	private static final Logger logger = LoggerFactory.getLogger(Sweeper.class);

	private static final int BATCH = 500;

	private static final int MAX_BATCHES = 10;

	private static final long TIMEOUT_NANOS = Duration.ofSeconds(3).toNanos();

	/** How long to rest if little was found. */
	private static final long REST_NANOS = Duration.ofSeconds(10).toNanos();

	private final ServerFunctions functions;

	private volatile boolean running;

	private volatile long next = System.nanoTime() + REST_NANOS;

	Sweeper(ServerFunctions functions) {
		this.functions = functions;
	}

	/**
	 * Run on another thread, unless that was done a short time ago.
	 */
	void runOn(Executor blocking) {
		if (this.running || System.nanoTime() - this.next < 0) {
			return;
		}
		this.running = true;
		try {
			blocking.execute(this::run);
		}
		catch (RejectedExecutionException ex) {
			this.running = false;
		}
	}

	private void run() {
		boolean more = false;
		try {
			for (int i = 0; i < MAX_BATCHES; i++) {
				more = this.functions.sweep(BATCH, System.nanoTime() + TIMEOUT_NANOS) >= BATCH;
				if (!more) {
					break;
				}
			}
		}
		catch (SQLException | TimeoutException ex) {
			logger.debug("Void histories were not deleted", ex);
		}
		finally {
			this.next = System.nanoTime() + (more ? 0 : REST_NANOS);
			this.running = false;
		}
	}

}
