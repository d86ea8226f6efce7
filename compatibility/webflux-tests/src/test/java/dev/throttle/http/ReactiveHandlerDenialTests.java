package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Denials that a handler of WebFlux signals itself.
 */
class ReactiveHandlerDenialTests {

	@ParameterizedTest
	@ValueSource(strings = { "/mono", "/later", "/flux", "/sse", "/thrown" })
	void generalExceptionHandlersDoNotGetIt(String path) {
		try (RunningApplication application = RunningApplication.start(General.class)) {
			HttpResponse<String> denied = application.caller().get(path);
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Retry-After")).containsExactly("3");
			assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
			assertThat(denied.body()).contains("Expected available in 3 seconds.");
		}
	}

	@Test
	void generalExceptionHandlersDoNotGetWhatCouldNotBeCounted() {
		try (RunningApplication application = RunningApplication.start(General.class)) {
			HttpResponse<String> refused = application.caller().get("/unavailable");
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.headers().allValues("Retry-After")).containsExactly("1");
		}
	}

	@Test
	void generalExceptionHandlerOfTheControllerGetsOnlyWhatIsThrownBeforeTheMethodReturns() {
		try (RunningApplication application = RunningApplication.start(General.class)) {
			HttpResponse<String> signalled = application.caller().get("/catching/mono");
			assertThat(signalled.statusCode()).isEqualTo(429);
			assertThat(signalled.headers().allValues("Content-Type")).containsExactly("application/problem+json");
			assertThat(application.caller().get("/catching/thrown").body()).isEqualTo("by the catching controller");
		}
	}

	@Test
	void generalExceptionHandlersGetOtherFailures() {
		try (RunningApplication application = RunningApplication.start(General.class)) {
			assertThat(application.caller().get("/failing").body()).isEqualTo("by a general advice");
		}
	}

	@Test
	void generalExceptionHandlersGetItWhereTheyAreToGetIt() {
		try (RunningApplication application = RunningApplication.start(General.class,
				"throttle.exception-handlers=any")) {
			assertThat(application.caller().get("/mono").body()).isEqualTo("by a general advice");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/mono, by the advice in 3", "/flux, by the advice in 3", "/own, by the controller in 3" })
	void exceptionHandlerThatNamesItShapesIt(String path, String body) {
		try (RunningApplication application = RunningApplication.start(Shaping.class)) {
			HttpResponse<String> denied = application.caller().get(path);
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Retry-After")).containsExactly("3");
			assertThat(denied.body()).isEqualTo(body);
		}
	}

	private static ThrottledException denial() {
		return new ThrottledException(Duration.ofMillis(2001));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Handlers.class, Catching.class, GeneralAdvice.class })
	static class General {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Handlers.class, Own.class, GeneralAdvice.class, NamingAdvice.class })
	static class Shaping {

	}

	@RestController
	static class Handlers {

		@GetMapping("/mono")
		Mono<String> mono() {
			return Mono.error(denial());
		}

		@GetMapping("/later")
		Mono<String> later() {
			return Mono.delay(Duration.ofMillis(2)).then(Mono.error(denial()));
		}

		@GetMapping("/flux")
		Flux<String> flux() {
			return Flux.error(denial());
		}

		@GetMapping(path = "/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> events() {
			return Flux.error(denial());
		}

		@GetMapping("/unavailable")
		Mono<String> unavailable() {
			return Mono.error(new BackendUnavailableException(Duration.ofSeconds(1)));
		}

		@GetMapping("/failing")
		Mono<String> failing() {
			return Mono.error(new IllegalStateException("The handler fails"));
		}

		@GetMapping("/thrown")
		Mono<String> thrown() {
			throw denial();
		}

	}

	@RestController
	static class Own {

		@GetMapping("/own")
		Mono<String> own() {
			return Mono.error(denial());
		}

		@ExceptionHandler
		Mono<String> denied(ThrottledException ex) {
			return Mono.just("by the controller in " + ex.getRetryAfterSeconds().orElseThrow());
		}

	}

	@RestController
	static class Catching {

		@GetMapping("/catching/mono")
		Mono<String> mono() {
			return Mono.error(denial());
		}

		@GetMapping("/catching/thrown")
		Mono<String> thrown() {
			throw denial();
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
		String any(Exception ex) {
			return "by a general advice";
		}

	}

	@RestControllerAdvice
	@Order(2)
	static class NamingAdvice {

		@ExceptionHandler
		String denied(ThrottledException ex) {
			return "by the advice in " + ex.getRetryAfterSeconds().orElseThrow();
		}

	}

}
