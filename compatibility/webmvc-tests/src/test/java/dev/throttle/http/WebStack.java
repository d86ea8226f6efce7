package dev.throttle.http;

import java.lang.reflect.Method;

import dev.throttle.Unthrottled;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.filter.ForwardedHeaderFilter;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * What Spring MVC names differently from WebFlux.
 */
final class WebStack {

	/** The property that sets the path of the application. */
	static final String BASE_PATH = "server.servlet.context-path";

	/** The prefix of the properties of Spring Cloud Gateway. */
	static final String GATEWAY = "spring.cloud.gateway.server.webmvc";

	/** What Throttle says of {@link ForwardedHeaders}. */
	static final String FORWARDED_HEADERS = "org.springframework.web.filter.ForwardedHeaderFilter";

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
		ForwardedHeaderFilter forwarded() {
			return new ForwardedHeaderFilter() {
			};
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
				.GET("/functional", (request) -> ServerResponse.ok().body("functional"))
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
