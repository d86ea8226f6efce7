package dev.throttle.engine;

import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks that throttles run when a request is over. Each runs once, and its failure
 * does not change the response.
 */
final class Releases {

	private static final Logger logger = LoggerFactory.getLogger(Releases.class);

	private volatile List<Runnable> pending = List.of();

	synchronized void add(Runnable release) {
		List<Runnable> added = new ArrayList<>(this.pending);
		added.add(release);
		this.pending = added;
	}

	/**
	 * Run the tasks. Most requests have none, so the first check takes no lock.
	 */
	void run() {
		if (this.pending.isEmpty()) {
			return;
		}
		for (Runnable release : takePending()) {
			try {
				release.run();
			}
			catch (Throwable ex) {
				logger.error("The release task of a throttle failed", ex);
			}
		}
	}

	private synchronized List<Runnable> takePending() {
		List<Runnable> taken = this.pending;
		this.pending = List.of();
		return taken;
	}

}
