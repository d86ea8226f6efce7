package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static dev.throttle.http.DenialAssertions.assertDenied;
import static dev.throttle.http.DenialAssertions.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Exception handlers of the application that name a denial shape it.
 */
class AdviceTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=1/min",
				"throttle.include-paths=/routed");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain", "/catching", "/routed" })
	void adviceThatNamesTheExceptionAnswersThoughAnotherIsBeforeIt(String path) {
		Caller caller = application.caller().asNewcomer();
		caller.get(path);
		HttpResponse<String> denied = caller.get(path);
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("named by the advice");
	}

	@Test
	void adviceForSomeControllersAnswersForThem() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/selected");
		HttpResponse<String> denied = caller.get("/selected");
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("too many selected");
	}

	@Test
	void controllerThatNamesTheExceptionAnswersBeforeTheAdvice() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/named");
		HttpResponse<String> denied = caller.with("Accept", "application/json").get("/named");
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("{\"policies\":[\"user\"],\"seconds\":60}");
		assertThat(denied.headers().allValues("X-RateLimit-Limit")).containsExactly("1");
	}

	@Test
	void exceptionHandlerIsChosenByWhatIsAccepted() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/named");
		HttpResponse<String> denied = caller.with("Accept", "application/xml, text/csv;q=0.5").get("/named");
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("named,by the controller");
	}

	@Test
	void exceptionHandlerMayRenderAView() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/viewed");
		HttpResponse<String> denied = caller.get("/viewed");
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("viewed: [user]");
	}

	@Test
	void exceptionHandlerMayChooseAnotherStatus() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/another-status");
		HttpResponse<String> denied = caller.get("/another-status");
		assertDenied(denied, 420, "60");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/thrown-on", "/thrown-another" })
	void exceptionHandlerThatThrowsLeavesTheAnswerToTheLibrary(String path) {
		Caller caller = application.caller().asNewcomer();
		caller.get(path);
		assertProblem(caller.get(path), 429, "60");
	}

	@Test
	void exceptionHandlerMayNameASubclassThatTheHandlerThrows() {
		HttpResponse<String> denied = application.caller().asNewcomer().get("/subclass");
		assertDenied(denied, 429, "7");
		assertThat(denied.body()).isEqualTo("too tired");
	}

	@Test
	void exceptionHandlerMayNameTheOutage() {
		HttpResponse<String> refused = application.caller().asNewcomer().get("/plain/unavailable");
		assertDenied(refused, 503, "1");
		assertThat(refused.body()).isEqualTo("named by the advice");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Plain.class, Catching.class, Selected.class, Named.class, Viewed.class, ThrownOn.class, ThrownAnother.class,
			AnotherStatus.class, Tired.class, CatchingAdvice.class, TiredAdvice.class, NamingAdvice.class,
			Routed.class })
	static class Application {

	}

	@RestController
	static class Plain {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/plain/unavailable")
		String unavailable() {
			throw new BackendUnavailableException(Duration.ofSeconds(1));
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
	static class NamingAdvice {

		@ExceptionHandler({ IllegalStateException.class, ThrottledException.class, BackendUnavailableException.class })
		String denied() {
			return "named by the advice";
		}

	}

	@RestController
	static class Catching {

		@GetMapping("/catching")
		String plain() {
			return "plain";
		}

		@ExceptionHandler
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		String any(RuntimeException exception) {
			return "handled by the controller";
		}

	}

	@RestController
	static class Selected {

		@GetMapping("/selected")
		String selected() {
			return "selected";
		}

	}

	@RestController
	static class Named {

		@GetMapping("/named")
		String one() {
			return "one";
		}

		@ExceptionHandler(produces = MediaType.APPLICATION_JSON_VALUE)
		String denied(ThrottledException exception) {
			return "{\"policies\":[\"" + String.join("\",\"", exception.getViolatedPolicies()) + "\"],\"seconds\":"
					+ exception.getRetryAfterSeconds().orElseThrow() + "}";
		}

		@ExceptionHandler(produces = "text/csv")
		String deniedAsCsv(ThrottledException exception) {
			return "named,by the controller";
		}

		@ExceptionHandler(Exception.class)
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		String any() {
			return "handled by the controller";
		}

	}

	@Controller
	static class Viewed {

		@GetMapping("/viewed")
		@ResponseBody
		String viewed() {
			return "viewed";
		}

		@ExceptionHandler
		PoliciesView denied(ThrottledException exception, Model model) {
			model.addAttribute("policies", exception.getViolatedPolicies());
			return new PoliciesView();
		}

	}

	@RestController
	static class AnotherStatus {

		@GetMapping("/another-status")
		String plain() {
			return "plain";
		}

		@ExceptionHandler
		ResponseEntity<String> denied(ThrottledException exception) {
			return ResponseEntity.status(420).body("Enhance your calm");
		}

	}

	@RestController
	static class ThrownOn {

		@GetMapping("/thrown-on")
		String plain() {
			return "plain";
		}

		@ExceptionHandler
		String thrownOn(ThrottledException exception) {
			throw exception;
		}

		@ExceptionHandler(Exception.class)
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		String any() {
			return "handled by the controller";
		}

	}

	@RestController
	static class ThrownAnother {

		@GetMapping("/thrown-another")
		String plain() {
			return "plain";
		}

		@ExceptionHandler(ThrottledException.class)
		String broken() {
			throw new IllegalStateException("The exception handler fails");
		}

	}

	@RestController
	static class Tired {

		@GetMapping("/subclass")
		String tired() {
			throw new TiredException();
		}

	}

	static class TiredException extends ThrottledException {

		TiredException() {
			super(Duration.ofSeconds(7));
		}

	}

	@ControllerAdvice(assignableTypes = { Tired.class, Selected.class })
	@Order(0)
	static class TiredAdvice {

		@ExceptionHandler
		@ResponseBody
		String tired(TiredException exception) {
			return "too tired";
		}

		@ExceptionHandler
		@ResponseBody
		String selected(ThrottledException exception) {
			return "too many selected";
		}

	}

}
