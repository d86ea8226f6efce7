package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;

import dev.throttle.BaseThrottle;
import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which exception handlers of WebFlux get a denial.
 */
class ReactiveAdviceTests {

	@ParameterizedTest
	@CsvSource({ "/own, by the controller in 60", "/selected, by the selecting advice: selected",
			"/catching, by the global advice", "/plain, by the global advice", "/route, by the global advice" })
	void exceptionHandlerThatNamesTheDenialShapesIt(String path, String body) {
		try (RunningApplication application = RunningApplication.start(Shaping.class, "throttle.rates.user=1/min")) {
			HttpResponse<String> denied = denied(application, path);
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.body()).isEqualTo(body);
			assertThat(denied.headers().allValues("Retry-After")).containsExactly("60");
			assertThat(denied.headers().allValues("X-RateLimit-Limit")).containsExactly("1");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/catching", "/plain", "/route" })
	void generalExceptionHandlersDoNotGetTheDenial(String path) {
		try (RunningApplication application = RunningApplication.start(General.class, "throttle.rates.user=1/min")) {
			HttpResponse<String> denied = denied(application, path);
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
			assertThat(application.caller().as("somebody").get("/failing").body()).isEqualTo("by a general advice");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/catching, by the catching controller", "/plain, by a general advice",
			"/route, by a general advice" })
	void generalExceptionHandlersGetTheDenialWhereTheyAreToGetIt(String path, String body) {
		try (RunningApplication application = RunningApplication.start(General.class, "throttle.rates.user=1/min",
				"throttle.exception-handlers=any")) {
			assertThat(denied(application, path).body()).isEqualTo(body);
		}
	}

	@Test
	void denialThatAnExceptionHandlerThrowsAgainIsAnsweredByThrottle() {
		try (RunningApplication application = RunningApplication.start(Rethrowing.class, "throttle.rates.user=1/min")) {
			HttpResponse<String> denied = denied(application, "/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/plain, '{\"type\":\"https://iana.org/assignments/http-problem-types#temporary-reduced-capacity\"'",
			"/own, by the controller" })
	void requestThatCannotBeCountedIsAnsweredWith503(String path, String body) {
		try (RunningApplication application = RunningApplication.start(Unavailable.class)) {
			HttpResponse<String> refused = application.caller().get(path);
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.headers().allValues("Retry-After")).containsExactly("1");
			assertThat(refused.body()).startsWith(body);
		}
	}

	private static HttpResponse<String> denied(RunningApplication application, String path) {
		Caller caller = application.caller().as("anyone");
		caller.get("/plain");
		return caller.get(path);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Plain.class, Own.class, Selected.class, Catching.class, GeneralAdvice.class,
			SelectingAdvice.class, GlobalAdvice.class, Routes.class })
	static class Shaping {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Plain.class, Catching.class, GeneralAdvice.class, Routes.class })
	static class General {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Plain.class, RethrowingAdvice.class, GeneralAdvice.class })
	static class Rethrowing {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Plain.class, Own.class })
	static class Unavailable {

		@Bean
		BaseThrottle refusing() {
			return (request) -> {
				throw new BackendUnavailableException(Duration.ofSeconds(1));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routes {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/route", (request) -> ServerResponse.ok().bodyValue("route")).build();
		}

	}

	@RestController
	static class Plain {

		@GetMapping("/plain")
		Mono<String> plain() {
			return Mono.just("plain");
		}

		@GetMapping("/failing")
		Mono<String> failing() {
			return Mono.error(new IllegalStateException("The handler fails"));
		}

	}

	@RestController
	static class Own {

		@GetMapping("/own")
		Mono<String> own() {
			return Mono.just("own");
		}

		@ExceptionHandler
		@ResponseStatus(HttpStatus.TOO_MANY_REQUESTS)
		Mono<String> denied(ThrottledException ex) {
			return Mono.just("by the controller in " + ex.getRetryAfterSeconds().orElseThrow());
		}

		@ExceptionHandler
		String unavailable(BackendUnavailableException ex) {
			return "by the controller";
		}

		@ExceptionHandler
		String any(Exception ex) {
			return "by the general handler of the controller";
		}

	}

	@RestController
	static class Selected {

		@GetMapping("/selected")
		Mono<String> selected() {
			return Mono.just("selected");
		}

	}

	@RestController
	static class Catching {

		@GetMapping("/catching")
		Mono<String> catching() {
			return Mono.just("catching");
		}

		@ExceptionHandler
		String any(Exception ex) {
			return "by the catching controller";
		}

	}

	@RestControllerAdvice
	@Order(1)
	static class GeneralAdvice {

		@ExceptionHandler
		ResponseEntity<String> any(Throwable ex) {
			return ResponseEntity.status(500).body("by a general advice");
		}

	}

	@RestControllerAdvice(assignableTypes = Selected.class)
	@Order(2)
	static class SelectingAdvice {

		@ExceptionHandler
		String denied(ThrottledException ex, ServerWebExchange exchange) {
			return "by the selecting advice: " + exchange.getRequest().getPath().value().substring(1);
		}

	}

	@RestControllerAdvice
	@Order(3)
	static class GlobalAdvice {

		@ExceptionHandler
		String denied(ThrottledException ex) {
			return "by the global advice";
		}

	}

	@RestControllerAdvice
	static class RethrowingAdvice {

		@ExceptionHandler
		String denied(ThrottledException ex) {
			throw ex;
		}

	}

}
