package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
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
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that handle every exception themselves, as petclinic and JHipster do:
 * their denials are denials all the same.
 */
@ExtendWith(OutputCaptureExtension.class)
class CatchAllTests {

	private static RunningApplication catchingAll;

	private static RunningApplication naming;

	@BeforeAll
	static void start() {
		catchingAll = RunningApplication.start(CatchingAll.class, "throttle.rates.user=1/min",
				"throttle.include-paths=/routed");
		naming = RunningApplication.start(Naming.class, "throttle.rates.user=1/min", "throttle.include-paths=/routed");
	}

	@AfterAll
	static void stop() {
		catchingAll.close();
		naming.close();
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

	@ParameterizedTest
	@ValueSource(strings = { "/plain/too-many", "/catching/too-many" })
	void requestThatItsHandlerFindsTooManyIsAnsweredThoughEveryExceptionIsHandled(String path) {
		assertProblem(catchingAll.caller().asNewcomer().get(path), 429, "3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain/unavailable", "/catching/unavailable" })
	void requestThatCannotBeCountedIsAnsweredThoughEveryExceptionIsHandled(String path) {
		assertProblem(catchingAll.caller().asNewcomer().get(path), 503, "1");
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
				"throttle.exception-handlers=any")) {
			assertThat(output).contains("WARN")
				.contains("CatchAllTests$CatchingAdvice.any handles every exception")
				.contains("set 'throttle.exception-handlers' to 'specific'");
			Caller caller = application.caller().asNewcomer();
			caller.get("/catching");
			HttpResponse<String> denied = caller.get("/catching");
			assertThat(denied.statusCode()).isEqualTo(500);
			assertThat(denied.headers().allValues("Retry-After")).containsExactly("60");
			assertThat(denied.headers().allValues("Cache-Control")).containsExactly("no-store");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain", "/routed" })
	void adviceThatNamesTheExceptionAnswersThoughAnotherIsBeforeIt(String path) {
		Caller caller = naming.caller().asNewcomer();
		caller.get(path);
		HttpResponse<String> denied = caller.get(path);
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("named by the advice");
	}

	@Test
	void controllerThatNamesTheExceptionAnswersBeforeTheAdvice() {
		Caller caller = naming.caller().asNewcomer();
		caller.get("/named");
		HttpResponse<String> denied = caller.with("Accept", "application/json").get("/named");
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("{\"named\":\"by the controller of one\",\"handler\":\"one\"}");
	}

	@Test
	void exceptionHandlerIsChosenByWhatIsAccepted() {
		Caller caller = naming.caller().asNewcomer();
		caller.get("/named");
		HttpResponse<String> denied = caller.with("Accept", "application/xml, text/csv;q=0.5").get("/named");
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("named,by the controller");
	}

	@Test
	void exceptionHandlerMayRenderAView() {
		Caller caller = naming.caller().asNewcomer();
		caller.get("/viewed");
		HttpResponse<String> denied = caller.get("/viewed");
		assertDenied(denied, 429, "60");
		assertThat(denied.body()).isEqualTo("viewed: [user]");
	}

	@Test
	void exceptionHandlerMayChooseAnotherStatus() {
		Caller caller = naming.caller().asNewcomer();
		caller.get("/another-status");
		HttpResponse<String> denied = caller.get("/another-status");
		assertDenied(denied, 420, "60");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/thrown-on", "/thrown-another" })
	void exceptionHandlerThatThrowsLeavesTheAnswerToTheLibrary(String path) {
		Caller caller = naming.caller().asNewcomer();
		caller.get(path);
		assertProblem(caller.get(path), 429, "60");
	}

	@Test
	void exceptionHandlerMayNameASubclassThatTheHandlerThrows() {
		HttpResponse<String> denied = naming.caller().asNewcomer().get("/subclass");
		assertDenied(denied, 429, "7");
		assertThat(denied.body()).isEqualTo("too tired");
	}

	@Test
	void exceptionHandlerMayNameTheOutage() {
		HttpResponse<String> refused = naming.caller().asNewcomer().get("/plain/unavailable");
		assertDenied(refused, 503, "1");
		assertThat(refused.body()).isEqualTo("named by the advice");
	}

	private static void assertProblem(HttpResponse<String> response, int status, String retryAfter) {
		assertDenied(response, status, retryAfter);
		assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
		assertThat(response.body()).startsWith("{\"type\":").contains("\"status\":" + status);
	}

	private static void assertDenied(HttpResponse<String> response, int status, String retryAfter) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().allValues("Retry-After")).containsExactly(retryAfter);
		assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Plain.class, Catching.class, CatchingAdvice.class, CatchingThrowables.class })
	static class CatchingAll extends Routes {

		@Bean
		HandlerExceptionResolver catchingResolver() {
			return new CatchingResolver();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Plain.class, Named.class, Viewed.class, ThrownOn.class, ThrownAnother.class,
			AnotherStatus.class, Tired.class, CatchingAdvice.class, TiredAdvice.class, NamingAdvice.class })
	static class Naming extends Routes {

	}

	static class Routes {

		@Bean
		RouterFunction<ServerResponse> routed() {
			return RouterFunctions.route().GET("/routed", (request) -> ServerResponse.ok().body("routed")).build();
		}

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

		@GetMapping("/catching/too-many")
		String tooMany() {
			throw new ThrottledException(Duration.ofSeconds(3));
		}

		@GetMapping("/catching/unavailable")
		String unavailable() {
			throw new BackendUnavailableException(Duration.ofSeconds(1));
		}

		@ExceptionHandler
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		String any(RuntimeException exception) {
			return "handled by the controller";
		}

	}

	@RestControllerAdvice
	@Order(Ordered.HIGHEST_PRECEDENCE)
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

	static class CatchingResolver implements HandlerExceptionResolver, Ordered {

		@Override
		public int getOrder() {
			return HIGHEST_PRECEDENCE;
		}

		@Override
		public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
				@Nullable Object handler, Exception exception) {
			try {
				response.setStatus(500);
				response.getWriter().write("handled by the resolver");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			return new ModelAndView();
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
	static class Named {

		@GetMapping("/named")
		String one() {
			return "one";
		}

		@ExceptionHandler(produces = MediaType.APPLICATION_JSON_VALUE)
		String denied(ThrottledException exception, HandlerMethod handler) {
			String name = handler.getMethod().getName();
			return "{\"named\":\"by the controller of " + name + "\",\"handler\":\"" + name + "\"}";
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
		View denied(ThrottledException exception, Model model) {
			model.addAttribute("policies", exception.getViolatedPolicies());
			return (rendered, request, response) -> response.getWriter()
				.write("viewed: " + ((rendered != null) ? rendered.get("policies") : null));
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
		void broken(HttpServletResponse response) throws IOException {
			response.getWriter().write("half of an answer");
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

	@ControllerAdvice(assignableTypes = Tired.class)
	@Order(0)
	static class TiredAdvice {

		@ExceptionHandler
		@ResponseBody
		String tired(TiredException exception) {
			return "too tired";
		}

	}

}
