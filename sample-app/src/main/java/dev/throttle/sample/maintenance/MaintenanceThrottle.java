package dev.throttle.sample.maintenance;

import java.time.Duration;

import dev.throttle.BaseThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * A throttle without a rate: it denies all requests while {@code sample.maintenance} is
 * true.
 */
@Component
public class MaintenanceThrottle implements BaseThrottle {

	private final boolean maintenance;

	MaintenanceThrottle(@Value("${sample.maintenance:false}") boolean maintenance) {
		this.maintenance = maintenance;
	}

	@Override
	public Verdict check(ThrottleRequest request) {
		return this.maintenance ? Verdict.deny(Duration.ofMinutes(1)) : Verdict.allow();
	}

}
