package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Circuit breaker for a server. It opens on a definite failure, such as a refused
 * connection, and when {@link #LATE_CALLS} more of the last calls were late than in time.
 * While it is open, at most one probe per interval asks the server, until a probe is
 * answered. A probe is a request, or comes from the backend's schedule. If late calls
 * opened the breaker, the next request probes at once, so that a server that only paused
 * is used again as soon as it answers.
 */
final class Breaker {

	static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

	/**
	 * The number of late calls that opens the breaker. Each call in time reduces the
	 * count by one.
	 */
	static final int LATE_CALLS = 5;

	/** How long after a refusal only the schedule needs to be answered. */
	static final Duration PASSED = Duration.ofMinutes(1);

	private static final int MAX_REASON = 120;

	private static final Duration EARLY_PROBE_INTERVAL = Duration.ofSeconds(3);

	/** Half of the schedule's interval, as the schedule need not be exact. */
	private static final long SCHEDULED_PROBE_NANOS = PROBE_INTERVAL.toNanos() / 2;

	private static final Logger logger = LoggerFactory.getLogger(Breaker.class);

	private final String name;

	private final String server;

	private final @Nullable Breaker whole;

	private final LongSupplier nanoTime;

	/**
	 * The advice that was logged in this outage. After a refusal, the outage ends when a
	 * request is answered or no request has failed for a while: a probe of the schedule
	 * may need less than a request does.
	 */
	private final Set<String> logged = new HashSet<>();

	/** Odd while it is open. */
	private volatile long epoch;

	/** The late calls, less the calls in time, while it is closed. */
	private volatile int lateCalls;

	/** Whether a call was answered since the last scheduled check. */
	private volatile boolean answered;

	private long openedAt;

	private long closedAt;

	private long lastProbe;

	private volatile boolean outageLogged;

	private long lastEarlyProbe;

	/**
	 * Create a breaker.
	 * @param name the name of the server in the log
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
	 * Return an attempt for a request to ask the server, or null if it must not.
	 */
	@Nullable Attempt ask() {
		long now = this.epoch;
		return (!isOpen(now) || mayProbe(PROBE_INTERVAL.toNanos())) ? new Attempt(this, now, false) : null;
	}

	/**
	 * Return an attempt for the schedule to ask the server, or null if it need not. An
	 * open breaker allows a probe, but only after requests had the chance to probe. A
	 * closed breaker allows a ping if no call was answered since this method was last
	 * called.
	 */
	@Nullable Attempt askOnSchedule() {
		long now = this.epoch;
		if (isOpen(now)) {
			return mayProbeOnSchedule() ? new Attempt(this, now, true) : null;
		}
		if (this.outageLogged) {
			endOutageThatPassed(now);
		}
		boolean quiet = !this.answered;
		this.answered = false;
		return quiet ? new Attempt(this, now, true) : null;
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
	void storeReachable(boolean scheduled) {
		((this.whole != null) ? this.whole : this).reachable(scheduled);
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
	 * Let the next request probe, because there is a new connection, unless this happened
	 * a short time ago.
	 */
	synchronized void probeNext() {
		long now = this.nanoTime.getAsLong();
		if (now - this.lastEarlyProbe >= EARLY_PROBE_INTERVAL.toNanos()) {
			this.lastEarlyProbe = now;
			this.lastProbe = now - PROBE_INTERVAL.toNanos();
		}
	}

	void succeeded(long asked, boolean scheduled) {
		if (!this.answered) {
			this.answered = true;
		}
		if (isOpen(asked)) {
			close(asked, scheduled);
			return;
		}
		if (this.lateCalls > 0) {
			answeredInTime();
		}
		if (this.outageLogged && !scheduled) {
			endOutage(asked);
		}
	}

	private synchronized void answeredInTime() {
		this.lateCalls = Math.max(0, this.lateCalls - 1);
	}

	private synchronized void close(long asked, boolean scheduled) {
		if (this.epoch == asked) {
			this.epoch++;
			this.closedAt = this.nanoTime.getAsLong();
			if (!scheduled || this.logged.isEmpty()) {
				endOutage(this.epoch);
			}
		}
	}

	private synchronized void endOutageThatPassed(long asked) {
		if (this.nanoTime.getAsLong() - this.closedAt >= PASSED.toNanos()) {
			endOutage(asked);
		}
	}

	private synchronized void endOutage(long asked) {
		if (this.epoch == asked) {
			this.logged.clear();
			if (this.outageLogged) {
				this.outageLogged = false;
				logger.info("{} is available again", this.name);
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
			logger.warn(
					"{} is unavailable: {}. Until it is back, requests are answered as configured by 'throttle.on-failure' and 'throttle.scopes.<scope>.on-failure'",
					this.name, (advice != null) ? advice + " (" + abbreviated(reason) + ")" : sentence(reason));
		}
	}

	/** Without the full stop at the end of a driver's message. */
	private static String sentence(String reason) {
		return reason.replaceAll("\\.+$", "");
	}

	private static String abbreviated(String reason) {
		return (reason.length() > MAX_REASON) ? reason.substring(0, MAX_REASON) + "..." : reason;
	}

	/**
	 * Record that the server cannot be reached, regardless of calls in flight.
	 */
	void unreachable(String reason, @Nullable String advice) {
		failed(this.epoch, reason, advice, false);
	}

	/**
	 * Record that the server can be reached, regardless of calls in flight.
	 */
	void reachable(boolean scheduled) {
		if (isOpen()) {
			succeeded(this.epoch, scheduled);
		}
	}

}
