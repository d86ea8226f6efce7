package dev.throttle.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * Reactive applications to start in tests.
 */
final class ReactiveApplications {

	private ReactiveApplications() {
	}

	/**
	 * Return a runner of applications with nothing but controllers and functional routes.
	 */
	static ReactiveWebApplicationContextRunner small() {
		return new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class,
					ThrottleWebMvcAutoConfiguration.class, ThrottleWebFluxAutoConfiguration.class))
			.withUserConfiguration(Mappings.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Mappings {

		@Bean
		RequestMappingHandlerMapping requestMappingHandlerMapping() {
			return new RequestMappingHandlerMapping();
		}

		@Bean
		RouterFunctionMapping routerFunctionMapping() {
			return new RouterFunctionMapping();
		}

	}

}
