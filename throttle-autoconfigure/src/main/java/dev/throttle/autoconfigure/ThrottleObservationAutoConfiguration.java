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
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Auto-configuration for the tags that throttling adds to the observation of a request.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleWebMvcAutoConfiguration.class,
		afterName = { "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ ObservationRegistry.class, ServerHttpObservationFilter.class, jakarta.servlet.Servlet.class })
@ConditionalOnBean(ObservationRegistry.class)
public final class ThrottleObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	static ObservedDecisions throttleObservedDecisions() {
		return new ObservedDecisions(ServerRequestObservationContext.class,
				ThrottleObservationAutoConfiguration::context);
	}

	private static Observation.@Nullable Context context(ThrottleRequest request) {
		HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
		return (servletRequest != null)
				? ServerHttpObservationFilter.findObservationContext(servletRequest).orElse(null) : null;
	}

}
