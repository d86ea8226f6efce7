package dev.throttle.autoconfigure;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.handler.ThrottledHandlers.DescribedHandler;
import dev.throttle.reactive.ThrottleHandlerAdapter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The wiring of a reactive application, and what its start refuses and reports.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThrottleWebFluxAutoConfigurationTests {

	private final ReactiveWebApplicationContextRunner runner = ReactiveApplications.small()
		.withBean(Handlers.class)
		.withPropertyValues("throttle.rates.user=5/min", "throttle.rates.uploads=2/min");

	@Test
	void applicationWithRatesStartsAndReportsItsHandlers(CapturedOutput output) {
		this.runner.withUserConfiguration(Routes.class).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(ThrottleHandlerAdapter.class);
			assertThat(context.getBean(ThrottledHandlers.class).described()).extracting(DescribedHandler::reason)
				.containsExactlyInAnyOrder("@Throttle on " + Handlers.class.getName() + "#upload()",
						"@Unthrottled on " + Handlers.class.getName() + "#ping()", "default");
			assertThat(output)
				.contains("Throttling 2 of 3 handlers: userRateThrottle 2, scopedRateThrottle 1; backend: Memory");
		});
	}

	@Test
	void applicationNeedsNoServletApi() {
		this.runner
			.withClassLoader(new FilteredClassLoader(WebMvcConfigurer.class, jakarta.servlet.Servlet.class,
					jakarta.servlet.Filter.class))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ThrottleHandlerAdapter.class));
	}

	@Test
	void scopeWithoutARateStopsTheStart() {
		this.runner.withPropertyValues("throttle.rates.uploads=", "throttle.rates.upload=2/min")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining("upload"));
	}

	@Test
	void unusedRateStopsTheStart() {
		this.runner.withPropertyValues("throttle.rates.usr=2/min")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining(
						"The rate 'throttle.rates.usr' is not used by any throttle or handler (did you mean 'user'?)"));
	}

	@Test
	void annotationOfFunctionalRoutesStopsTheStart() {
		this.runner.withUserConfiguration(AnnotatedRoutes.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("functional routes ignore it and use the default throttles"));
	}

	@Test
	void excludedRouteIsNotThrottled() {
		this.runner.withUserConfiguration(Routes.class)
			.withPropertyValues("throttle.exclude-paths=/route")
			.run((context) -> assertThat(context.getBean(ThrottledHandlers.class).described())
				.extracting(DescribedHandler::reason)
				.contains("throttle.exclude-paths"));
	}

	@Test
	void nothingActsWhereThrottlingIsOff() {
		this.runner.withPropertyValues("throttle.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeansOfType(HandlerAdapter.class)).isEmpty();
			assertThat(context.getBeansOfType(WebFilter.class)).isEmpty();
		});
	}

	@Test
	void transformerOfForwardedHeadersIsWarnedOf(CapturedOutput output) {
		this.runner.withBean("forwardedHeaderTransformer", ForwardedHeaderTransformer.class)
			.run((context) -> assertThat(output).contains(
					"there is a bean 'forwardedHeaderTransformer': the first entry of X-Forwarded-For is trusted"));
		this.runner.withBean("forwardedHeaderTransformer", ForwardedHeaderTransformer.class)
			.withPropertyValues("throttle.client.num-proxies=1")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("Forwarded headers are read twice"));
	}

	@RestController
	static class Handlers {

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		Mono<String> upload() {
			return Mono.just("stored");
		}

		@GetMapping("/ping")
		@Unthrottled
		Mono<String> ping() {
			return Mono.just("pong");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routes {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/route", (request) -> ServerResponse.ok().build()).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedRoutes {

		@Bean
		@Throttle(scope = "uploads")
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/route", (request) -> ServerResponse.ok().build()).build();
		}

	}

}
