package dev.throttle.autoconfigure;

import dev.throttle.actuate.Boot4ThrottleHealthIndicator;
import dev.throttle.backend.CacheBackend;
import dev.throttle.handler.ThrottleRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the health of a shared backend on Spring Boot 4.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass(name = { "org.springframework.boot.health.contributor.HealthIndicator",
		"org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator" })
@ConditionalOnBean(value = CacheBackend.class, name = ThrottleRegistry.DEFAULT_BACKEND)
@ConditionalOnEnabledHealthIndicator("throttle")
public final class Boot4ThrottleHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "throttleHealthIndicator")
	@Nullable Boot4ThrottleHealthIndicator throttleHealthIndicator(
			@Qualifier(ThrottleRegistry.DEFAULT_BACKEND) CacheBackend backend, ThrottleProperties properties) {
		return (properties.isEnabled() && backend.isShared()) ? new Boot4ThrottleHealthIndicator(backend) : null;
	}

}
