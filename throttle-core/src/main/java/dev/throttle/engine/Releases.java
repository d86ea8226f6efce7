package dev.throttle.engine;

import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What throttles want run when a request is over: each once, and none of it able to
 * change the answer.
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
	 * Run them, which most requests have none of, so that it is looked first without the
	 * lock.
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
				logger.error("A throttle failed to take back what it gave a request", ex);
			}
		}
	}

	private synchronized List<Runnable> takePending() {
		List<Runnable> taken = this.pending;
		this.pending = List.of();
		return taken;
	}

}
