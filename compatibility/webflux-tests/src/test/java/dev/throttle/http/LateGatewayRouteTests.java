package dev.throttle.http;

import java.util.Map;

import dev.throttle.autoconfigure.RateRefresh;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A registry of routes that answers after the start. Until then the gateway holds back
 * the routes of the properties, too.
 */
@ExtendWith(OutputCaptureExtension.class)
class LateGatewayRouteTests {

	private static final String ROUTE = WebStack.GATEWAY + ".routes[0]";

	@Test
	void rateOfRoutesThatComeLateDoesNotStopTheStart(CapturedOutput output) {
		try (RunningApplication gateway = start()) {
			assertThat(output).contains(
					"Not all routes of the gateway are known yet. Unless one of the others needs it, this is a mistake: The rate 'throttle.rates.files' is not used");
			gateway.bean(ConfigurableEnvironment.class)
				.getPropertySources()
				.addFirst(new MapPropertySource("changed", Map.of("throttle.rates.files", "1/hour")));
			assertThat(gateway.bean(RateRefresh.class).refresh()).isTrue();
			gateway.bean(Registry.class).answer.tryEmitEmpty();
			assertThat(gateway.caller().get("/files").statusCode()).as("nobody listens there").isEqualTo(500);
			assertThat(gateway.caller().get("/files").statusCode()).isEqualTo(429);
		}
	}

	private static RunningApplication start() {
		return RunningApplication.start(Application.class, "spring.profiles.active=gateway",
				"throttle.rates.files=2/hour", ROUTE + ".id=files", ROUTE + ".uri=http://localhost:1",
				ROUTE + ".predicates[0]=Path=/files", ROUTE + ".filters[0]=Throttle=files");
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ GatewayTests.Application.class, Registry.class })
	static class Application {

	}

	static class Registry implements RouteDefinitionLocator {

		private final Sinks.Empty<RouteDefinition> answer = Sinks.empty();

		@Override
		public Flux<RouteDefinition> getRouteDefinitions() {
			return this.answer.asMono().flux();
		}

	}

}
