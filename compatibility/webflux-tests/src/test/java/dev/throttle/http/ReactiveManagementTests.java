package dev.throttle.http;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.throttle.web.ThrottledEvent;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator sees of a reactive application whose management port is another one.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReactiveManagementTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=1/hour",
				"throttle.include-paths=/**", "management.server.port=0",
				"management.endpoints.web.exposure.include=health,throttles",
				"logging.level.dev.throttle.denials=info");
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

	@Test
	void decisionsAreCountedObservedPublishedAndLogged(CapturedOutput output) {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/plain").statusCode()).isEqualTo(200);
		assertThat(caller.get("/plain").statusCode()).isEqualTo(429);
		MeterRegistry meters = application.bean(MeterRegistry.class);
		assertThat(meters.find("throttle.decisions").tag("outcome", "denied").tag("scope", "user").counters())
			.singleElement()
			.extracting(Counter::count)
			.isEqualTo(1.0);
		Records records = application.bean(Records.class);
		assertThat(records.handlers).containsExactly("Handlers.plain");
		Awaitility.await().untilAsserted(() -> assertThat(records.outcomes).contains("allowed", "denied"));
		assertThat(output).contains("Denied by user: Handlers.plain");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, Records.class })
	static class Application {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	static class Records implements ObservationHandler<ServerRequestObservationContext> {

		private final Queue<String> handlers = new ConcurrentLinkedQueue<>();

		private final Queue<String> outcomes = new ConcurrentLinkedQueue<>();

		@EventListener
		void denied(ThrottledEvent event) {
			this.handlers.addAll(List.of(String.valueOf(event.getHandler())));
		}

		@Override
		public void onStop(ServerRequestObservationContext context) {
			KeyValue outcome = context.getLowCardinalityKeyValue("throttle.outcome");
			this.outcomes.add((outcome != null) ? outcome.getValue() : "none");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof ServerRequestObservationContext;
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		Mono<String> plain() {
			return Mono.just("plain");
		}

	}

}
