package dev.throttle.http;

import java.util.stream.Stream;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Applications with a limit that would not be there, which do not start.
 */
class RefusedStartTests {

	private static final String RATE = "throttle.rates.anon=0/min";

	@Test
	void ratesOfAnApplicationWithoutHandlers() {
		assertRefused(Empty.class,
				"Rates are set in 'throttle.rates' or 'throttle.scopes', but the application has no controller method",
				RATE);
	}

	@Test
	void ratesOfAnApplicationWhoseHandlersAreUnthrottled() {
		assertRefused(Open.class, "but none of the handlers is throttled: " + Open.class.getName()
				+ "#open() (@Unthrottled on " + Open.class.getName() + ")", RATE);
	}

	@Test
	void ratesOfAnApplicationAllOfWhosePathsAreExcluded() {
		assertRefused(Plain.class,
				"but none of the handlers is throttled: " + Plain.class.getName() + "#plain() (throttle.exclude-paths)",
				RATE, "throttle.exclude-paths=/**");
	}

	@Test
	void ratesOfAnApplicationWithoutTheWeb() {
		assertRefused(Plain.class, "but this is not a web application", RATE, "spring.main.web-application-type=none");
	}

	@Test
	void includedPathIsSomethingToThrottle() {
		try (RunningApplication application = RunningApplication.start(Empty.class, RATE,
				"throttle.include-paths=/files/**")) {
			assertThat(application.caller().get("/files/page.txt").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void annotationOnAService() {
		assertRefused(Plain.class,
				"@Throttle on " + ReportService.class.getName()
						+ "#report(String) has no effect: the method is not public, so its calls cannot be intercepted.",
				ReportService.class, RATE);
	}

	@Test
	void annotationOnRoutes() {
		assertRefused(Plain.class,
				"@Unthrottled on " + WebStack.UnthrottledRoute.class.getName()
						+ "#functional() has no effect: functional routes ignore it",
				WebStack.UnthrottledRoute.class, RATE);
	}

	@Test
	void annotationOnAMethodThatIsNotMapped() {
		assertRefused(HalfMapped.class, "@Throttle on " + HalfMapped.class.getName() + "#forgotten() has no effect",
				RATE);
	}

	@Test
	void annotationOnAHandlerWhosePathsAreExcluded() {
		assertRefused(Limited.class,
				"@Throttle on " + Limited.class.getName()
						+ "#get(String) has no effect: 'throttle.exclude-paths' excludes every path of the handler",
				RATE, "throttle.exclude-paths=/limited/**");
	}

	private static void assertRefused(Class<?> application, String message, String... properties) {
		assertThatThrownBy(() -> RunningApplication.start(application, properties).close())
			.hasMessageContaining(message);
	}

	private static void assertRefused(Class<?> application, String message, Class<?> other, String... properties) {
		assertThatThrownBy(() -> {
			SpringApplication started = new SpringApplication(application, other);
			started
				.run(Stream.concat(Stream.of("server.port=0"), Stream.of(properties))
					.map((property) -> "--" + property)
					.toArray(String[]::new))
				.close();
		}).hasMessageContaining(message);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Empty {

	}

	@RestController
	@EnableAutoConfiguration
	@Unthrottled
	static class Open {

		@GetMapping("/open")
		String open() {
			return "open";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class Plain {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class Limited {

		@GetMapping("/limited/{id}")
		@Throttle(rate = "1/min")
		String get(String id) {
			return id;
		}

		@GetMapping("/other")
		String other() {
			return "other";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class HalfMapped {

		@GetMapping("/mapped")
		String mapped() {
			return "mapped";
		}

		@Throttle(rate = "1/min")
		String forgotten() {
			return "forgotten";
		}

	}

	@Service
	static class ReportService {

		@Throttle(scope = "reports")
		String report(String name) {
			return name;
		}

	}

}
