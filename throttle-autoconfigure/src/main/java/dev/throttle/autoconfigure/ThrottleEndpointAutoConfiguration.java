package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.actuate.ThrottlesEndpoint;
import dev.throttle.actuate.ThrottlesEndpoint.PlanClientsDescriptor;
import dev.throttle.actuate.ThrottlesWebEndpointExtension;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.limiter.RateLimiters;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the {@link ThrottlesEndpoint}.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = { ThrottleWebMvcAutoConfiguration.class, ThrottleWebFluxAutoConfiguration.class })
@ConditionalOnClass(
		name = "org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint")
@ConditionalOnBean(ThrottledHandlers.class)
@ConditionalOnAvailableEndpoint(ThrottlesEndpoint.class)
public final class ThrottleEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ThrottlesEndpoint throttlesEndpoint(ThrottleRegistry throttles, ThrottledHandlers handlers, RateRegistry rates,
			RateLimiters limiters, ThrottleEngine engine, ClientAddressResolver addresses,
			ApplicationEventPublisher publisher, SecretIdents secretIdents, ObjectProvider<CurrentPlans> plans) {
		return new ThrottlesEndpoint(throttles, handlers, rates, limiters, engine, addresses, publisher, secretIdents,
				(plan) -> clients(plan, plans.getIfAvailable()));
	}

	private static PlanClientsDescriptor clients(String plan, @Nullable CurrentPlans plans) {
		if (plans == null) {
			return new PlanClientsDescriptor(List.of(), List.of(), List.of());
		}
		PlanProperties properties = plans.plan(plan);
		return new PlanClientsDescriptor(properties.getAuthorities(), properties.getClients(), plans.resolvers());
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottlesWebEndpointExtension throttlesWebEndpointExtension(ThrottlesEndpoint endpoint) {
		return new ThrottlesWebEndpointExtension(endpoint);
	}

}
