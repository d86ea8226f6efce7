package dev.throttle.autoconfigure;

import java.util.Map;

import dev.throttle.backend.CacheBackend;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.metrics.DecisionMetrics;
import dev.throttle.metrics.MemoryMetrics;
import dev.throttle.metrics.PacingMetrics;
import dev.throttle.metrics.RemoteMetrics;
import dev.throttle.metrics.RetryMetrics;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration for metrics of throttling.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class, afterName = {
		"org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
		"org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class ThrottleMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "throttleDecisionMetrics")
	DecisionMetrics throttleDecisionMetrics(MeterRegistry registry, ObjectProvider<ThrottleRegistry> throttles) {
		SingletonSupplier<ThrottleRegistry> known = SingletonSupplier.of(throttles::getObject);
		return new DecisionMetrics(registry,
				(step) -> step.name().equals(RateLimiters.NAME) || !known.obtain().scopes(step).isEmpty());
	}

	@Bean
	@ConditionalOnMissingBean
	MemoryMetrics throttleMemoryMetrics(ThrottleProperties properties, ListableBeanFactory beanFactory) {
		return new MemoryMetrics(backends(properties, beanFactory));
	}

	@Bean
	@ConditionalOnMissingBean
	RemoteMetrics throttleRemoteMetrics(ThrottleProperties properties, ListableBeanFactory beanFactory) {
		return new RemoteMetrics(backends(properties, beanFactory));
	}

	@Bean
	@ConditionalOnMissingBean
	RetryMetrics throttleRetryMetrics(MeterRegistry registry) {
		return new RetryMetrics(registry);
	}

	@Bean
	@ConditionalOnMissingBean
	PacingMetrics throttlePacingMetrics(MeterRegistry registry) {
		return new PacingMetrics(registry);
	}

	private static Map<String, CacheBackend> backends(ThrottleProperties properties, ListableBeanFactory beanFactory) {
		return properties.isEnabled() ? ThrottleBeans.backends(beanFactory) : Map.of();
	}

}
