package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a server decides at the moment. It opens on a failure that is sure, such
 * as a refused connection, and where {@link #LATE_CALLS} more of the last calls were late
 * than in time. Then one probe at a time asks, and at most one in each interval, until
 * one is answered: a request, or one on the backend's own schedule. After late calls the
 * first request asks at once, so that a server that only paused is asked again as soon as
 * it answers.
 */
final class Breaker {

	static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

	/**
	 * The late calls that open it, less one for each call that is answered in time.
	 */
	static final int LATE_CALLS = 5;

	private static final int MAX_REASON = 120;

	private static final Duration EARLY_PROBE_INTERVAL = Duration.ofSeconds(3);

	/** For a schedule of one interval, which need not be exact. */
	private static final long SCHEDULED_PROBE_NANOS = PROBE_INTERVAL.toNanos() / 2;

	private static final Logger logger = LoggerFactory.getLogger(Breaker.class);

	private final String name;

	private final String server;

	private final @Nullable Breaker whole;

	private final LongSupplier nanoTime;

	/** The refusals that were logged in this outage. */
	private final Set<String> logged = new HashSet<>();

	/** Odd while it is open. */
	private volatile long epoch;

	/** Those that no call in time has made good, while it is closed. */
	private volatile int lateCalls;

	/** Whether a call was answered since the schedule last looked. */
	private volatile boolean answered;

	private long openedAt;

	private long lastProbe;

	private boolean outageLogged;

	private long lastEarlyProbe;

	/**
	 * Create a breaker.
	 * @param name what the server is called in the log
	 * @param server which server of the store, empty for the store as a whole
	 * @param whole the breaker of the store as a whole, null if this is it
	 */
	Breaker(String name, String server, @Nullable Breaker whole, LongSupplier nanoTime) {
		this.name = name;
		this.server = server;
		this.whole = whole;
		this.nanoTime = nanoTime;
		this.lastEarlyProbe = nanoTime.getAsLong() - EARLY_PROBE_INTERVAL.toNanos();
	}

	/**
	 * Return the attempt of a request to ask the server, or null where it may not.
	 */
	@Nullable Attempt ask() {
		long now = this.epoch;
		return (!isOpen(now) || mayProbe(PROBE_INTERVAL.toNanos())) ? new Attempt(this, now) : null;
	}

	/**
	 * Return the attempt of the schedule to ask the server: while the breaker is open
	 * like a request, but not before requests had the chance, and while it is closed if
	 * nothing was answered since this was last called. Null where it need not.
	 */
	@Nullable Attempt askOnSchedule() {
		long now = this.epoch;
		if (isOpen(now)) {
			return mayProbeOnSchedule() ? new Attempt(this, now) : null;
		}
		boolean quiet = !this.answered;
		this.answered = false;
		return quiet ? new Attempt(this, now) : null;
	}

	/**
	 * Return which server of the store this is the breaker of, empty for the store as a
	 * whole.
	 */
	String server() {
		return this.server;
	}

	/**
	 * Take note that the store as a whole can be connected to.
	 */
	void storeReachable() {
		((this.whole != null) ? this.whole : this).reachable();
	}

	boolean isOpen() {
		return isOpen(this.epoch);
	}

	static boolean isOpen(long epoch) {
		return (epoch & 1) != 0;
	}

	private synchronized boolean mayProbe(long intervalNanos) {
		long now = this.nanoTime.getAsLong();
		if (now - this.lastProbe < intervalNanos) {
			return false;
		}
		this.lastProbe = now;
		return true;
	}

	private synchronized boolean mayProbeOnSchedule() {
		return this.nanoTime.getAsLong() - this.openedAt >= SCHEDULED_PROBE_NANOS && mayProbe(SCHEDULED_PROBE_NANOS);
	}

	/**
	 * Let the next request ask, as there is a new connection, unless that was so a short
	 * time ago.
	 */
	synchronized void probeNext() {
		long now = this.nanoTime.getAsLong();
		if (now - this.lastEarlyProbe >= EARLY_PROBE_INTERVAL.toNanos()) {
			this.lastEarlyProbe = now;
			this.lastProbe = now - PROBE_INTERVAL.toNanos();
		}
	}

	void succeeded(long asked) {
		if (!this.answered) {
			this.answered = true;
		}
		if (isOpen(asked)) {
			close(asked);
		}
		else if (this.lateCalls > 0) {
			answeredInTime();
		}
	}

	private synchronized void answeredInTime() {
		this.lateCalls = Math.max(0, this.lateCalls - 1);
	}

	private synchronized void close(long asked) {
		if (this.epoch == asked) {
			this.epoch++;
			this.logged.clear();
			if (this.outageLogged) {
				this.outageLogged = false;
				logger.info("{} is deciding again", this.name);
			}
		}
	}

	synchronized boolean failed(long asked, String reason, @Nullable String advice, boolean late) {
		if (this.epoch != asked) {
			return false;
		}
		this.lastProbe = this.nanoTime.getAsLong();
		if (!isOpen(asked)) {
			if (late && ++this.lateCalls < LATE_CALLS) {
				return false;
			}
			this.lateCalls = 0;
			this.epoch++;
			this.openedAt = this.lastProbe;
			if (late) {
				this.lastProbe -= PROBE_INTERVAL.toNanos();
				return false;
			}
		}
		log(reason, advice);
		return true;
	}

	private void log(String reason, @Nullable String advice) {
		boolean first = !this.outageLogged;
		this.outageLogged = true;
		if ((advice != null) ? this.logged.add(advice) : first) {
			logger.warn("{} is not deciding: {}. Until it does, requests are answered as 'throttle.on-failure' says",
					this.name, (advice != null) ? advice + " (" + abbreviated(reason) + ")" : sentence(reason));
		}
	}

	/** Without the full stops that drivers' messages end with. */
	private static String sentence(String reason) {
		return reason.replaceAll("\\.+$", "");
	}

	private static String abbreviated(String reason) {
		return (reason.length() > MAX_REASON) ? reason.substring(0, MAX_REASON) + "..." : reason;
	}

	/**
	 * Take note that the server cannot be connected to, whatever was asked when.
	 */
	void unreachable(String reason, @Nullable String advice) {
		failed(this.epoch, reason, advice, false);
	}

	/**
	 * Take note that the server can be connected to, whatever was asked when.
	 */
	void reachable() {
		if (isOpen()) {
			succeeded(this.epoch);
		}
	}

}
