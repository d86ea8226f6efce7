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

	private final List<Runnable> pending = new ArrayList<>(0);

	void add(Runnable release) {
		this.pending.add(release);
	}

	synchronized void run() {
		for (Runnable release : this.pending) {
			try {
				release.run();
			}
			catch (RuntimeException | Error ex) {
				logger.error("A throttle failed to take back what it gave a request", ex);
			}
		}
		this.pending.clear();
	}

}
