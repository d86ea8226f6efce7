package dev.throttle.autoconfigure;

import dev.throttle.actuate.Boot3ThrottleHealthIndicator;
import dev.throttle.backend.CacheBackend;
import dev.throttle.handler.ThrottleRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the health of a shared backend on Spring Boot 3.5.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class,
		beforeName = "org.springframework.boot.actuate.autoconfigure.health.HealthContributorAutoConfiguration")
@ConditionalOnClass(name = { "org.springframework.boot.actuate.health.HealthIndicator",
		"org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator" })
@ConditionalOnBean(value = CacheBackend.class, name = ThrottleRegistry.DEFAULT_BACKEND)
@ConditionalOnEnabledHealthIndicator("throttle")
public final class Boot3ThrottleHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "throttleHealthIndicator")
	@Nullable Boot3ThrottleHealthIndicator throttleHealthIndicator(
			@Qualifier(ThrottleRegistry.DEFAULT_BACKEND) CacheBackend backend, ThrottleProperties properties) {
		return (properties.isEnabled() && backend.isShared()) ? new Boot3ThrottleHealthIndicator(backend) : null;
	}

}
