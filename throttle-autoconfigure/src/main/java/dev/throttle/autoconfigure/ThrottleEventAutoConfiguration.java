package dev.throttle.autoconfigure;

import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.SecretIdents;
import dev.throttle.web.DenialLog;
import dev.throttle.web.ThrottledEvent;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the event and the log of denials in an application without
 * Spring MVC and WebFlux.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = { ThrottleWebMvcAutoConfiguration.class, ThrottleWebFluxAutoConfiguration.class })
public final class ThrottleEventAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "throttledEventPublisher")
	DecisionListener throttledEventPublisher(ApplicationEventPublisher publisher, SecretIdents secretIdents) {
		return ThrottledEvent.publisher(publisher, secretIdents, (request) -> null);
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleDenialLog")
	DenialLog throttleDenialLog() {
		return new DenialLog();
	}

}
