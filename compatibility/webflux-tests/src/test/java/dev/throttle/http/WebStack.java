package dev.throttle.http;

import java.lang.reflect.Method;

import dev.throttle.Unthrottled;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;

/**
 * What WebFlux names differently from Spring MVC.
 */
final class WebStack {

	/** The property that sets the path of the application. */
	static final String BASE_PATH = "spring.webflux.base-path";

	/** The prefix of the properties of Spring Cloud Gateway. */
	static final String GATEWAY = "spring.cloud.gateway.server.webflux";

	/** What Throttle says of {@link ForwardedHeaders}. */
	static final String FORWARDED_HEADERS = "there is a bean 'forwardedHeaderTransformer'";

	private WebStack() {
	}

	/**
	 * Map a path to a handler while the application runs.
	 */
	static void map(ApplicationContext context, String path, Object handler, Method method) {
		context.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
			.registerMapping(RequestMappingInfo.paths(path).build(), handler, method);
	}

	/**
	 * An application that rewrites the client's address by forwarded headers.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(RewrittenAddressTests.Application.class)
	static class ForwardedHeaders {

		@Bean
		ForwardedHeaderTransformer forwardedHeaderTransformer() {
			return new ForwardedHeaderTransformer();
		}

	}

	/**
	 * An application's functional route, {@code /functional}.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Route {

		@Bean
		RouterFunction<ServerResponse> functional() {
			return RouterFunctions.route()
				.GET("/functional", (request) -> ServerResponse.ok().bodyValue("functional"))
				.build();
		}

	}

	/**
	 * An annotation that functional routes ignore.
	 */
	@Configuration(proxyBeanMethods = false)
	static class UnthrottledRoute {

		@Bean
		@Unthrottled
		RouterFunction<ServerResponse> functional() {
			return RouterFunctions.route().GET("/functional", (request) -> ServerResponse.ok().build()).build();
		}

	}

}
