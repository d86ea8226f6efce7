package dev.throttle.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that write to a servlet response themselves, exception handlers that are told
 * the denied handler or kept from what their own controller throws, an error page that is
 * a request of its own, and a template for every error: WebFlux has none of them.
 */
class ServletAnswerTests {

	private static final String BROWSER = "text/html, */*;q=0.8";

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=1/min",
				"spring.messages.basename=translations", "spring.messages.fallback-to-system-locale=false");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void requestThatIsAnsweredWithAnErrorIsToldWhatIsLeft() {
		HttpResponse<String> failed = application.caller().asNewcomer().get("/send-error");
		assertThat(failed.statusCode()).isEqualTo(409);
		assertThat(failed.headers().allValues("X-RateLimit-Remaining")).containsExactly("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/too-many/writer", "/too-many/stream" })
	void denialThatTheHandlerThrowsHalfwayIsAnsweredAlike(String path) {
		HttpResponse<String> response = application.caller().asNewcomer().get(path);
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
		assertThat(response.body()).startsWith("{\"type\":").endsWith("}").contains("in 3 seconds");
		assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(response.body().length());
	}

	@Test
	void problemIsTranslatedWhereItsHandlerHasChosenAnotherCharset() {
		HttpResponse<String> response = application.caller()
			.asNewcomer()
			.with("Accept-Language", "de")
			.get("/too-many/writer");
		assertThat(response.body()).contains("\"detail\":\"Zu fr\\u00fch. Wieder m\\u00f6glich in 3 Sekunden.\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/too-many/writer", "/too-many/stream", "/too-many/length" })
	void denialThatTheHandlerThrowsHalfwayIsAnsweredWithAPage(String path) {
		HttpResponse<String> denied = application.caller().asNewcomer().with("Accept", BROWSER).get(path);
		assertPage(denied);
		assertThat(denied.headers().allValues("Retry-After")).containsExactly("3");
		assertThat(denied.body()).doesNotContain("half of an answer").contains("in 3 seconds");
	}

	@Test
	void exceptionHandlerThatFailsHalfwayLeavesTheAnswerToTheLibrary() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/shaped/badly");
		HttpResponse<String> denied = caller.get("/shaped/badly");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.body()).startsWith("{\"type\":");
	}

	@ParameterizedTest
	@CsvSource({ "/catching/too-many, 429", "/catching/unavailable, 503" })
	void controllerThatHandlesEveryExceptionDoesNotGetADenialThatItThrows(String path, int status) {
		HttpResponse<String> response = application.caller().asNewcomer().get(path);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()).startsWith("{\"type\":").contains("\"status\":" + status);
	}

	@Test
	void exceptionHandlerIsToldWhichHandlerIsDenied() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/shaped");
		assertThat(caller.get("/shaped").body()).isEqualTo("denied: shaped");
	}

	@ParameterizedTest
	@CsvSource({ "exact, The page for 429", "none, Whitelabel Error Page" })
	void securityThatGuardsTheErrorPageDoesNotReplaceTheDenial(String pages, String page) {
		try (RunningApplication guarded = RunningApplication.start(Application.class, "throttle.rates.user=1/min",
				"spring.web.resources.static-locations=classpath:/static-pages/" + pages + "/",
				"spring.profiles.active=security")) {
			Caller caller = guarded.caller().asNewcomer().with("Accept", BROWSER);
			assertThat(caller.get("/error").statusCode()).isEqualTo(403);
			caller.get("/plain");
			HttpResponse<String> denied = caller.get("/plain");
			assertPage(denied);
			assertThat(denied.body()).contains(page);
		}
	}

	@Test
	void templateOfEveryErrorIsToldWhatHappened() {
		try (RunningApplication templated = RunningApplication.start(Application.class, "throttle.rates.user=1/min",
				"spring.profiles.active=thymeleaf", "spring.thymeleaf.prefix=classpath:/thymeleaf-servlet/")) {
			Caller caller = templated.caller().asNewcomer().with("Accept", BROWSER);
			caller.get("/plain");
			HttpResponse<String> denied = caller.get("/plain");
			assertPage(denied);
			assertThat(denied.body()).contains("<p>429 Too Many Requests at /plain</p>")
				.contains("<p>Request was throttled. Expected available in 60 seconds.</p>");
		}
	}

	private static void assertPage(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
		assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, Shaped.class, Catching.class })
	static class Application {

		/**
		 * Lets nobody see the error page.
		 */
		@Bean
		@Profile("security")
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/plain").permitAll().anyRequest().denyAll())
				.build();
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/send-error")
		void sendError(HttpServletResponse response) throws IOException {
			response.sendError(409);
		}

		@GetMapping("/too-many/writer")
		void tooManyWhileWriting(HttpServletResponse response) throws IOException {
			response.getWriter().write("half of an answer");
			throw new ThrottledException(Duration.ofSeconds(3));
		}

		@GetMapping("/too-many/stream")
		void tooManyWhileStreaming(HttpServletResponse response) throws IOException {
			response.getOutputStream().write("half of an answer".getBytes());
			throw new ThrottledException(Duration.ofSeconds(3));
		}

		@GetMapping("/too-many/length")
		void tooManyOnceTheLengthIsSaid(HttpServletResponse response) {
			response.setContentLength(17);
			throw new ThrottledException(Duration.ofSeconds(3));
		}

	}

	@RestController
	static class Shaped {

		@GetMapping("/shaped")
		String shaped() {
			return "shaped";
		}

		@GetMapping("/shaped/badly")
		String shapedBadly() {
			return "shaped";
		}

		@ExceptionHandler
		void denied(ThrottledException exception, HandlerMethod handler, HttpServletResponse response)
				throws IOException {
			String name = handler.getMethod().getName();
			response.getWriter().write("denied: " + name);
			if (name.equals("shapedBadly")) {
				throw new IllegalStateException("The exception handler fails");
			}
		}

	}

	@RestController
	static class Catching {

		@GetMapping("/catching/too-many")
		String tooMany() {
			throw new ThrottledException(Duration.ofSeconds(3));
		}

		@GetMapping("/catching/unavailable")
		String unavailable() {
			throw new BackendUnavailableException(Duration.ofSeconds(1));
		}

		@ExceptionHandler
		String any(RuntimeException exception) {
			return "handled by the controller";
		}

	}

}
