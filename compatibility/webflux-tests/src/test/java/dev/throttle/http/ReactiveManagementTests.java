package dev.throttle.http;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A reactive application whose management port is another one.
 */
class ReactiveManagementTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=1/hour",
				"throttle.include-paths=/**", "management.server.port=0",
				"management.endpoints.web.exposure.include=health,throttles");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void managementPortIsNotThrottled() {
		Caller operator = Caller.of(application.port("local.management.port"));
		for (int i = 0; i < 3; i++) {
			assertThat(operator.get("/actuator/health").statusCode()).isEqualTo(200);
		}
		assertThat(operator.get("/actuator/throttles").body()).contains("Handlers#plain()").contains("\"1/hour\"");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		Mono<String> plain() {
			return Mono.just("plain");
		}

	}

}
