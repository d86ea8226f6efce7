package dev.throttle.autoconfigure;

import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.openapi.DenialDocumentation;
import dev.throttle.openapi.DocumentedOperations;
import dev.throttle.openapi.ThrottleOpenApiCustomizer;
import dev.throttle.web.PathSelection;
import dev.throttle.web.RateLimitHeaders;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for describing limits in the OpenAPI document of springdoc.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = { ThrottleWebMvcAutoConfiguration.class, ThrottleWebFluxAutoConfiguration.class })
@ConditionalOnClass(
		name = { "org.springdoc.core.customizers.GlobalOpenApiCustomizer", "io.swagger.v3.oas.models.OpenAPI" })
@ConditionalOnBean(ThrottledHandlers.class)
public final class ThrottleOpenApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@Nullable ThrottleOpenApiCustomizer throttleOpenApiCustomizer(ThrottleProperties properties, ThrottleRegistry throttles,
			ThrottledHandlers handlers, RateRegistry rates, PathSelection paths, ConfiguredScopes scopes,
			RateLimitHeaders headers, ApplicationContext messages) {
		if (!properties.isEnabled() || !properties.getOpenapi().isEnabled()) {
			return null;
		}
		return new ThrottleOpenApiCustomizer(new DocumentedOperations(throttles, handlers, rates, paths,
				PathPatterns.ofFilter(properties, throttles), scopes.withoutHeaders(),
				scopes.costs().countedStatuses()), new DenialDocumentation(headers, messages));
	}

}
