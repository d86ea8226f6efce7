package dev.throttle.web;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

import dev.throttle.WholeSeconds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

import org.springframework.context.ApplicationListener;

/**
 * Logs denials to the logger {@value #LOGGER}: at most ten per second, so that many
 * denied requests do not flood the log. The next line says how many were left out.
 *
 * @since 1.0.0
 */
public final class DenialLog implements ApplicationListener<ThrottledEvent> {

	/**
	 * The name of the logger.
	 */
	public static final String LOGGER = "dev.throttle.denials";

	static final int MAX_IN_A_SECOND = 10;

	private static final Logger logger = LoggerFactory.getLogger(LOGGER);

	private final LongSupplier nanoTime;

	private long secondBegan;

	private int written = MAX_IN_A_SECOND;

	private long leftOut;

	/**
	 * Create a log.
	 */
	public DenialLog() {
		this(System::nanoTime);
	}

	DenialLog(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.secondBegan = nanoTime.getAsLong() - Duration.ofSeconds(1).toNanos();
	}

	@Override
	public void onApplicationEvent(ThrottledEvent event) {
		if (!logger.isInfoEnabled()) {
			return;
		}
		long before;
		synchronized (this) {
			long now = this.nanoTime.getAsLong();
			if (now - this.secondBegan >= Duration.ofSeconds(1).toNanos()) {
				this.secondBegan = now;
				this.written = 0;
			}
			if (this.written == MAX_IN_A_SECOND) {
				this.leftOut++;
				return;
			}
			this.written++;
			before = this.leftOut;
			this.leftOut = 0;
		}
		if (before > 0) {
			logger.atInfo().addKeyValue("throttle.left_out", before).log("{} denials were not logged", before);
		}
		log(event);
	}

	private static void log(ThrottledEvent event) {
		LoggingEventBuilder line = logger.atInfo().addKeyValue("throttle.denied_by", joined(event.getThrottles()));
		if (!event.getScopes().isEmpty()) {
			line = line.addKeyValue("throttle.scope", joined(event.getScopes()))
				.addKeyValue("throttle.policy", joined(event.getViolatedPolicies()))
				.addKeyValue("throttle.client", joined(event.getClients()));
		}
		if (event.getPlan() != null) {
			line = line.addKeyValue("throttle.plan", event.getPlan());
		}
		if (event.getHandler() != null) {
			line = line.addKeyValue("throttle.handler", event.getHandler());
		}
		Duration wait = event.getRetryAfter();
		if (wait != null) {
			line = line.addKeyValue("throttle.wait_seconds", WholeSeconds.roundUp(wait));
		}
		line.log("{}", event);
	}

	private static String joined(List<String> names) {
		return String.join(",", names);
	}

}
