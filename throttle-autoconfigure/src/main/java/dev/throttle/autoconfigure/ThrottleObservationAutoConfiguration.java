package dev.throttle.autoconfigure;

import dev.throttle.ThrottleRequest;
import dev.throttle.web.ObservedDecisions;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.server.ServerWebExchange;

/**
 * Auto-configuration for the tags that throttling adds to the observation of a request.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = { ThrottleWebMvcAutoConfiguration.class, ThrottleWebFluxAutoConfiguration.class },
		afterName = { "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
@ConditionalOnWebApplication
@ConditionalOnClass({ ObservationRegistry.class, ServerRequestObservationContext.class })
@ConditionalOnBean(ObservationRegistry.class)
public final class ThrottleObservationAutoConfiguration {

	/**
	 * On Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ jakarta.servlet.Servlet.class, ServerHttpObservationFilter.class })
	static class Servlet {

		@Bean
		@ConditionalOnMissingBean
		static ObservedDecisions throttleObservedDecisions() {
			return new ObservedDecisions(ServerRequestObservationContext.class, Servlet::context);
		}

		private static Observation.@Nullable Context context(ThrottleRequest request) {
			HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
			return (servletRequest != null)
					? ServerHttpObservationFilter.findObservationContext(servletRequest).orElse(null) : null;
		}

	}

	/**
	 * On WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class Reactive {

		@Bean
		@ConditionalOnMissingBean
		static ObservedDecisions throttleObservedDecisions() {
			return new ObservedDecisions(
					org.springframework.http.server.reactive.observation.ServerRequestObservationContext.class,
					Reactive::context);
		}

		private static Observation.@Nullable Context context(ThrottleRequest request) {
			ServerWebExchange exchange = request.nativeRequest(ServerWebExchange.class);
			return (exchange != null)
					? org.springframework.http.server.reactive.observation.ServerRequestObservationContext
						.findCurrent(exchange.getAttributes())
						.orElse(null)
					: null;
		}

	}

}
