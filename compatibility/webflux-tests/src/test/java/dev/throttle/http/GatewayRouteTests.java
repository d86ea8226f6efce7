package dev.throttle.http;

import java.net.URI;
import java.util.List;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.reactive.gateway.ThrottleGatewayFilterFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.CachingRouteLocator;
import org.springframework.cloud.gateway.route.InMemoryRouteDefinitionRepository;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Routes of the gateway that are not in its properties.
 */
@ExtendWith(OutputCaptureExtension.class)
class GatewayRouteTests {

	@Test
	void routesOfCodeAndThoseThatComeLaterAreCounted(CapturedOutput output) {
		try (RefusingServer backend = RefusingServer.start(0, 500, "1");
				RunningApplication gateway = start(backend, "uploads")) {
			Caller caller = gateway.caller();
			assertThat(caller.get("/uploads").statusCode()).isEqualTo(200);
			add(gateway, backend, "later", "uploads");
			assertThat(caller.get("/later").headers().allValues("RateLimit"))
				.containsExactly("\"all\";r=8;t=60, \"uploads\";r=0;t=60");
			assertThat(caller.get("/uploads").statusCode()).isEqualTo(429);
			int received = backend.received().size();
			add(gateway, backend, "unknown", "uplods");
			assertThat(output)
				.contains("The filter 'Throttle=uplods' of the gateway's route 'unknown' declares the scope 'uplods'");
			assertThat(caller.get("/unknown").statusCode()).isEqualTo(404);
			assertThat(caller.get("/uploads").statusCode()).isEqualTo(429);
			assertThat(backend.received()).hasSize(received);
		}
	}

	@Test
	void unknownScopeInCodeStopsTheStart() {
		try (RefusingServer backend = RefusingServer.start(0, 500, "1")) {
			assertThatThrownBy(() -> start(backend, "uplods").close()).rootCause()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining(
						"The filter 'Throttle=uplods' of the gateway's route 'uploads-route' declares the scope 'uplods', but there is no rate for it");
		}
	}

	@Test
	void filterWithinAnotherIsNotServed() {
		try (RefusingServer backend = RefusingServer.start(0, 500, "1");
				RunningApplication gateway = start(backend, "uploads")) {
			assertThat(gateway.caller().get("/hidden").statusCode()).isEqualTo(500);
			assertThat(backend.received()).isEmpty();
		}
	}

	private static RunningApplication start(RefusingServer backend, String scope) {
		return RunningApplication.start(Application.class, "spring.profiles.active=gateway",
				"throttle.rates.uploads=2/min", "throttle.rates.all=9/min", "throttle.headers=both",
				WebStack.GATEWAY + ".default-filters[0]=Throttle=all", "throttle.scopes.all.in-code=true",
				"backend=" + backend.address(), "scope=" + scope);
	}

	private static void add(RunningApplication gateway, RefusingServer backend, String name, String scope) {
		RouteDefinition route = new RouteDefinition();
		route.setId(name);
		route.setUri(URI.create(backend.address()));
		route.setPredicates(List.of(new PredicateDefinition("Path=/" + name)));
		route.setFilters(List.of(new FilterDefinition("Throttle=" + scope)));
		gateway.bean(InMemoryRouteDefinitionRepository.class).save(Mono.just(route)).block();
		gateway.bean(CachingRouteLocator.class).onApplicationEvent(new RefreshRoutesEvent(gateway));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(GatewayTests.Application.class)
	static class Application {

		@Bean
		RouteLocator routes(RouteLocatorBuilder builder, ThrottleGatewayFilterFactory throttle,
				@Value("${backend}") String backend, @Value("${scope}") String scope) {
			return builder.routes()
				.route("uploads-route",
						(route) -> route.path("/uploads")
							.filters((filters) -> filters
								.filter(throttle.apply("uploads-route", (config) -> config.setScope(scope))))
							.uri(backend))
				.route("hidden", (route) -> route.path("/hidden").filters((filters) -> {
					GatewayFilter hidden = throttle.apply((config) -> config.setScope(scope));
					return filters.filter((exchange, chain) -> hidden.filter(exchange, chain));
				}).uri(backend))
				.build();
		}

	}

}
