package dev.throttle.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.throttle.BaseThrottle;
import dev.throttle.Unthrottled;
import dev.throttle.Verdict;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import dev.throttle.web.ThrottledEvent;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator sees of decisions: metrics, observations, events and log lines.
 */
@ExtendWith(OutputCaptureExtension.class)
class ObservationTests {

	@Test
	void everyRequestSaysWhatThrottlesDecided() {
		try (RunningApplication application = start("throttle.scopes.user.shadow-rate=1/min")) {
			Caller caller = application.caller().as("alice");
			for (int i = 0; i < 3; i++) {
				caller.get("/plain");
			}
			caller.get("/free");
			caller.get("/nowhere");
			caller.with("X-Closed", "yes").get("/plain");
			Set<String> observed = waitFor(6, application);
			assertThat(observed).containsExactlyInAnyOrder("200 allowed user 1", "200 shadow_denied user 1",
					"429 denied user 2", "200 none none 1", "404 none none 1");
			assertThat(application.bean(MeterRegistry.class)
				.get("throttle.decisions")
				.tags("throttle", "closed", "scope", "none", "outcome", "denied")
				.counter()
				.count()).isEqualTo(1);
			assertThat(application.bean(MeterRegistry.class).get("throttle.memory.clients").gauge().value())
				.isPositive();
		}
	}

	@Test
	void deniedRequestSaysByWhichThrottleAndNotWho() {
		try (RunningApplication application = start()) {
			Caller caller = application.caller().as("alice");
			for (int i = 0; i < 3; i++) {
				caller.get("/plain");
			}
			caller.with("X-Closed", "yes").get("/plain");
			waitFor(4, application);
			List<KeyValue> values = application.bean(Observations.class).keyValues.stream().toList();
			assertThat(values).filteredOn((value) -> value.getKey().equals("throttle.denied.by"))
				.extracting(KeyValue::getValue)
				.containsExactly("userRateThrottle", "closed,userRateThrottle");
			assertThat(values).noneMatch((value) -> value.getValue().contains("alice"));
		}
	}

	@Test
	void denialIsPublished() {
		try (RunningApplication application = start()) {
			Caller caller = application.caller().as("alice");
			for (int i = 0; i < 4; i++) {
				caller.get("/plain");
			}
			List<ThrottledEvent> events = application.bean(Observations.class).events.stream().toList();
			assertThat(events).hasSize(2);
			assertThat(events.get(0).getScopes()).containsExactly("user");
			assertThat(events.get(0).getThrottles()).containsExactly("userRateThrottle");
			assertThat(events.get(0).getHandler()).isEqualTo("Handlers.plain");
			assertThat(events.get(0).getRetryAfter()).isEqualTo(Duration.ofMinutes(1));
			assertThat(events.get(0).getClients()).hasSize(1).isEqualTo(events.get(1).getClients());
			assertThat(events.toString()).doesNotContain("alice");
		}
	}

	@Test
	void denialIsLoggedAsJsonWhereLogsAreStructured(CapturedOutput output) throws Exception {
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		logging.cleanUp();
		try (RunningApplication application = start("logging.structured.format.console=ecs",
				"logging.level.dev.throttle.denials=info")) {
			Caller caller = application.caller().as("alice");
			for (int i = 0; i < 3; i++) {
				caller.get("/plain");
			}
		}
		finally {
			System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
			logging.cleanUp();
		}
		String line = output.getOut()
			.lines()
			.filter((each) -> each.contains("dev.throttle.denials"))
			.findFirst()
			.orElseThrow();
		assertThat(line).doesNotContain("alice");
		JsonNode json = new ObjectMapper().readTree(line);
		assertThat(json.get("message").asText()).isEqualTo("Denied by user: Handlers.plain");
		JsonNode throttle = json.get("throttle");
		assertThat(throttle.get("scope").asText()).isEqualTo("user");
		assertThat(throttle.get("denied_by").asText()).isEqualTo("userRateThrottle");
		assertThat(throttle.get("handler").asText()).isEqualTo("Handlers.plain");
		assertThat(throttle.get("wait_seconds").asInt()).isEqualTo(60);
		assertThat(throttle.get("client").asText()).hasSize(22);
	}

	private static RunningApplication start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("throttle.rates.user=2/min", "management.endpoints.web.exposure.include=metrics"));
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	/**
	 * Return the observed requests once there are so many: the last is observed after it
	 * has been answered.
	 */
	private static Set<String> waitFor(int requests, RunningApplication application) {
		MeterRegistry registry = application.bean(MeterRegistry.class);
		long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
		while (System.nanoTime() < deadline) {
			long count = registry.find("http.server.requests")
				.timers()
				.stream()
				.mapToLong((timer) -> timer.count())
				.sum();
			if (count == requests) {
				break;
			}
			Thread.onSpinWait();
		}
		return registry.get("http.server.requests")
			.timers()
			.stream()
			.map((timer) -> timer.getId().getTag("status") + " " + timer.getId().getTag("throttle.outcome") + " "
					+ timer.getId().getTag("throttle.scope") + " " + timer.count())
			.collect(Collectors.toSet());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, Observations.class })
	static class Application {

		@Bean
		MemoryCacheBackend cacheBackend() {
			return MemoryCacheBackend.builder().clock(new ThrottleClock()).build();
		}

		@Bean
		BaseThrottle closed() {
			return (request) -> (request.header("X-Closed") != null) ? Verdict.deny() : Verdict.allow();
		}

	}

	static class Observations implements ObservationHandler<Observation.Context> {

		private final ConcurrentLinkedQueue<KeyValue> keyValues = new ConcurrentLinkedQueue<>();

		private final ConcurrentLinkedQueue<ThrottledEvent> events = new ConcurrentLinkedQueue<>();

		@Override
		public void onStop(Observation.Context context) {
			context.getAllKeyValues().forEach(this.keyValues::add);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context.getClass().getSimpleName().equals("ServerRequestObservationContext");
		}

		@EventListener
		void onDenial(ThrottledEvent event) {
			this.events.add(event);
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/free")
		@Unthrottled
		String free() {
			return "free";
		}

	}

}
