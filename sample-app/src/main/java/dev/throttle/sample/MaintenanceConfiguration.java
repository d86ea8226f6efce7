package dev.throttle.sample;

import java.time.Duration;

import dev.throttle.BaseThrottle;
import dev.throttle.Verdict;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A throttle that is not a rate: while {@code sample.maintenance} is true it denies all
 * requests.
 */
@Configuration(proxyBeanMethods = false)
class MaintenanceConfiguration {

	@Bean
	BaseThrottle maintenanceThrottle(@Value("${sample.maintenance}") boolean maintenance) {
		return (request) -> maintenance ? Verdict.deny(Duration.ofMinutes(1)) : Verdict.allow();
	}

}
