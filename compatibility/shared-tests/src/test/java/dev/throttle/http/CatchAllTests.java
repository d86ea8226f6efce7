package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static dev.throttle.http.DenialAssertions.assertDenied;
import static dev.throttle.http.DenialAssertions.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that handle every exception themselves, as petclinic and JHipster do:
 * their denials are denials all the same.
 */
@ExtendWith(OutputCaptureExtension.class)
class CatchAllTests {

	private static RunningApplication catchingAll;

	@BeforeAll
	static void start() {
		catchingAll = RunningApplication.start(CatchingAll.class, "throttle.rates.user=1/min",
				"throttle.include-paths=/routed");
	}

	@AfterAll
	static void stop() {
		catchingAll.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain", "/catching", "/routed" })
	void denialIsAnsweredThoughEveryExceptionIsHandled(String path) {
		Caller caller = catchingAll.caller().asNewcomer();
		assertThat(caller.get(path).statusCode()).isEqualTo(200);
		assertProblem(caller.get(path), 429, "60");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain/failing", "/catching/failing" })
	void otherExceptionsAreStillHandledByTheApplication(String path) {
		HttpResponse<String> failed = catchingAll.caller().asNewcomer().get(path);
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(failed.body()).startsWith("handled by ");
	}

	@Test
	void denialThatTheHandlerThrowsIsAnsweredThoughEveryExceptionIsHandled() {
		assertProblem(catchingAll.caller().asNewcomer().get("/plain/too-many"), 429, "3");
	}

	@Test
	void requestThatCannotBeCountedIsAnsweredThoughEveryExceptionIsHandled() {
		assertProblem(catchingAll.caller().asNewcomer().get("/plain/unavailable"), 503, "1");
	}

	@Test
	void outageIsAnsweredWith503ThoughEveryExceptionIsHandled() {
		try (RunningApplication application = RunningApplication.start(CatchingAll.class,
				"spring.profiles.active=redis", "throttle.backend=redis", "throttle.on-failure=deny",
				"spring.data.redis.port=1", "throttle.rates.user=1/min", "logging.level.root=off")) {
			assertProblem(application.caller().asNewcomer().get("/plain"), 503, "1");
		}
	}

	@Test
	void adviceForEveryExceptionIsNotWarnedOf(CapturedOutput output) {
		try (RunningApplication application = RunningApplication.start(CatchingAll.class,
				"throttle.rates.user=1/min")) {
			assertThat(application.caller().asNewcomer().get("/plain").statusCode()).isEqualTo(200);
		}
		assertThat(output).doesNotContain("handles every exception");
	}

	@Test
	void anyExceptionHandlerAnswersWhereThePropertySaysSo(CapturedOutput output) {
		try (RunningApplication application = RunningApplication.start(CatchingAll.class, "throttle.rates.user=1/min",
				"throttle.exception-handlers=any", "throttle.include-paths=/routed")) {
			assertThat(output).contains("WARN")
				.contains("CatchAllTests$CatchingAdvice.any handles every exception")
				.contains("set 'throttle.exception-handlers' to 'specific'");
			for (String path : List.of("/plain", "/catching", "/routed")) {
				Caller caller = application.caller().asNewcomer();
				caller.get(path);
				HttpResponse<String> denied = caller.get(path);
				assertThat(denied.body()).startsWith("handled by ");
				assertDenied(denied, 500, "60");
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Plain.class, Catching.class, CatchingAdvice.class, CatchingThrowables.class,
			CatchingResolver.class, Routed.class })
	static class CatchingAll {

	}

	@RestController
	static class Plain {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/plain/failing")
		String failing() {
			throw new IllegalStateException("The handler fails");
		}

		@GetMapping("/plain/too-many")
		String tooMany() {
			throw new ThrottledException(Duration.ofSeconds(3));
		}

		@GetMapping("/plain/unavailable")
		String unavailable() {
			throw new BackendUnavailableException(Duration.ofSeconds(1));
		}

	}

	@RestController
	static class Catching {

		@GetMapping("/catching")
		String plain() {
			return "plain";
		}

		@GetMapping("/catching/failing")
		String failing() {
			throw new IllegalStateException("The handler fails");
		}

		@ExceptionHandler
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		String any(RuntimeException exception) {
			return "handled by the controller";
		}

	}

	@RestControllerAdvice
	@Order(Ordered.HIGHEST_PRECEDENCE + 1)
	static class CatchingAdvice {

		@ExceptionHandler(Exception.class)
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		String any() {
			return "handled by the advice";
		}

	}

	@RestControllerAdvice
	static class CatchingThrowables {

		@ExceptionHandler(Throwable.class)
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		String any() {
			return "handled by the last advice";
		}

	}

}
