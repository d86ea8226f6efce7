package dev.throttle.autoconfigure;

import dev.throttle.BaseThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.Unthrottled;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottledHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandlerReport}.
 */
@ExtendWith(OutputCaptureExtension.class)
class HandlerReportTests {

	private static final String WARNING = "handles every exception, including the ThrottledException of a denied request";

	private final WebApplicationContextRunner runner = WebApplications.small();

	private final WebApplicationContextRunner throttled = this.runner.withBean(ArticleController.class)
		.withPropertyValues("throttle.rates.anon=1/h");

	@Test
	void oneLineSaysWhatIsThrottled(CapturedOutput output) {
		this.throttled.withPropertyValues("throttle.rates.comments=5/h")
			.run((context) -> assertThat(output.getOut().lines().filter((line) -> line.contains("Throttling")))
				.singleElement()
				.asString()
				.startsWith("INFO ")
				.endsWith(
						"Throttling 2 of 3 handlers: anonRateThrottle 2, scopedRateThrottle 1; backend: MemoryCacheBackend"));
	}

	@Test
	void lineTellsShadowsFromRatesThatHaveOneBeside(CapturedOutput output) {
		this.throttled
			.withPropertyValues("throttle.rates.comments=5/h", "throttle.scopes.comments.shadow=true",
					"throttle.scopes.anon.shadow-rate=1/d")
			.run((context) -> assertThat(output).contains("; backend: MemoryCacheBackend; shadow only, not "
					+ "enforced: comments; with a shadow rate: anon"));
	}

	@Test
	void applicationWithoutThrottlesSaysSo(CapturedOutput output) {
		this.runner.withBean(PlainController.class)
			.run((context) -> assertThat(output).contains("Throttling 0 of 1 handlers: scopedRateThrottle 0"));
	}

	@Test
	void handlersOfAllMappingsAreChecked(CapturedOutput output) {
		this.throttled.withPropertyValues("throttle.rates.comments=5/h")
			.withBean("other", OtherMapping.class)
			.withBean(PlainController.class)
			.run((context) -> assertThat(output)
				.contains("Throttling 3 of 4 handlers: anonRateThrottle 3, scopedRateThrottle 1"));
	}

	@Test
	void mistakeInOtherMappingKeepsTheApplicationFromStarting() {
		this.runner.withBean("other", OtherMapping.class)
			.withBean(MistakenController.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class));
	}

	@Test
	void handlersOfChildContextAreThrottled() {
		this.runner.withPropertyValues("throttle.rates.anon=1/h")
			.run((parent) -> child(PlainController.class).withParent(parent).run((child) -> {
				MockMvcTester mvc = MockMvcTester.from(child);
				assertThat(mvc.get().uri("/plain")).hasStatusOk();
				assertThat(mvc.get().uri("/plain")).hasStatus(429);
			}));
	}

	@Test
	void mistakeInChildContextKeepsItFromStarting() {
		this.runner.run((parent) -> child(MistakenController.class).withParent(parent)
			.run((child) -> assertThat(child).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining("MistakenController#get() declares the scope 'nowhere'")));
	}

	@Test
	void throttleOfChildContextThatAppliesToNothingKeepsItFromStarting() {
		this.runner.run((parent) -> child(PlainController.class).withParent(parent)
			.withBean("stray", BaseThrottle.class, () -> (request) -> Verdict.deny())
			.run((child) -> assertThat(child).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining("The throttle 'stray' is a bean of the child context")));
	}

	@Test
	void childContextOfApplicationThatIsNotOfTheWebThrottles(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class))
			.run((parent) -> this.throttled.withParent(parent)
				.withPropertyValues("throttle.rates.comments=5/h")
				.withBean("mine", BaseThrottle.class, () -> (request) -> Verdict.deny())
				.run((child) -> assertThat(output).contains("Throttling 2 of 3 handlers: ")
					.contains("anonRateThrottle 2")
					.contains("mine 2")));
	}

	@Test
	void handlersThatAreNeverThrottledAreReportedSo(CapturedOutput output) {
		comments().withBean(OwnErrorController.class)
			.withPropertyValues("throttle.exclude-paths=/articles", "logging.level.dev.throttle=debug")
			.run((context) -> {
				assertThat(output).contains("Throttling 1 of 4 handlers: anonRateThrottle 1, scopedRateThrottle 1");
				assertThat(context.getBean(ThrottledHandlers.class).described())
					.extracting((handler) -> handler.mappings() + " " + handler.reason() + " "
							+ handler.throttles().isThrottled())
					.contains("[GET [/articles]] throttle.exclude-paths false", "[ [/error]] ErrorController false",
							"[POST [/comments]] @Throttle on " + ArticleController.class.getName() + "#comment() true");
			});
	}

	@Test
	void annotationInAnErrorControllerKeepsTheApplicationFromStarting() {
		this.runner.withBean(MistakenErrorController.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining(
						"MistakenErrorController#other() has no effect: handlers of an ErrorController are not throttled")
				.hasMessageContaining("Move the handler to another controller"));
	}

	@Test
	void pathThatIsExcludedFromAThrottledClassIsNoMistake() {
		this.runner.withBean(ThrottledController.class)
			.withPropertyValues("throttle.exclude-paths=/throttled/one")
			.run((context) -> assertThat(context).hasNotFailed());
		this.runner.withBean(ThrottledController.class)
			.withPropertyValues("throttle.exclude-paths=/throttled/**")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("@Throttle on " + ThrottledController.class.getName()
						+ " has no effect: 'throttle.exclude-paths' excludes every path of the handler"));
	}

	@Test
	void ratesWithoutAHandlerToThrottleKeepTheApplicationFromStarting() {
		WebApplicationContextRunner rates = this.runner.withPropertyValues("throttle.rates.anon=1/h",
				"throttle.include-paths=");
		rates.run((context) -> assertThat(context).getFailure()
			.isInstanceOf(InvalidThrottleConfigurationException.class)
			.hasMessageContaining(
					"Rates are set in 'throttle.rates' or 'throttle.scopes', but the application has no controller method and no functional route."));
		rates.withBean(FreeController.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("none of the handlers is throttled: " + FreeController.class.getName()
						+ "#get() (@Unthrottled on " + FreeController.class.getName() + ")"));
		rates.withBean(FreeController.class)
			.withBean(PlainController.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void rateInTheCodeOfAThrottleNeedsNoHandler() {
		this.runner.withPropertyValues("throttle.include-paths=")
			.withBean("burst", UserRateThrottle.class, () -> new UserRateThrottle("burst", "5/s"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void adviceThatCatchesEverythingIsWarnedOf(CapturedOutput output) {
		comments().withBean(CatchAll.class)
			.run((context) -> assertThat(output).contains("WARN")
				.contains(CatchAll.class.getName() + ".any " + WARNING)
				.contains("Add an @ExceptionHandler(ThrottledException.class) that answers"));
	}

	@Test
	void adviceThatCatchesRuntimeExceptionsIsWarnedOf(CapturedOutput output) {
		comments().withBean(CatchRuntime.class)
			.run((context) -> assertThat(output).contains("CatchRuntime.any " + WARNING));
	}

	@Test
	void adviceThatCatchesThrowablesIsWarnedOf(CapturedOutput output) {
		comments().withBean(CatchThrowable.class)
			.run((context) -> assertThat(output).contains("CatchThrowable.any " + WARNING));
	}

	@Test
	void adviceWithItsOwnHandlerIsNotWarnedOf(CapturedOutput output) {
		comments().withBean(CatchAllAndThrottled.class).run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@Test
	void adviceForOtherExceptionsIsNotWarnedOf(CapturedOutput output) {
		comments().withBean(CatchIllegalState.class).run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@Test
	void firstAdviceThatMatchesCounts(CapturedOutput output) {
		comments().withBean(CatchAll.class)
			.withBean(FirstThrottled.class)
			.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@Test
	void adviceBeforeTheOneWithItsOwnHandlerIsWarnedOf(CapturedOutput output) {
		comments().withBean(FirstCatchAll.class)
			.withBean(CatchAllAndThrottled.class)
			.run((context) -> assertThat(output).contains("FirstCatchAll.any " + WARNING));
	}

	@Test
	void adviceForSomeControllersCountsForThemOnly(CapturedOutput output) {
		comments().withBean(FirstThrottledOfPlain.class)
			.withBean(CatchAll.class)
			.run((context) -> assertThat(output).contains(CatchAll.class.getName() + ".any " + WARNING));
	}

	@Test
	void adviceForControllersThatAreNotThrottledIsNotWarnedOf(CapturedOutput output) {
		comments().withBean(CatchAllOfFree.class)
			.withBean(FreeController.class)
			.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@Test
	void exceptionHandlerOfControllerCountsFirst(CapturedOutput output) {
		this.runner.withBean(OwnCatchAllController.class)
			.withBean(FirstThrottled.class)
			.withPropertyValues("throttle.rates.anon=1/h", "throttle.exception-handlers=any")
			.run((context) -> assertThat(output).contains("OwnCatchAllController.any " + WARNING));
	}

	@Test
	void adviceThatDoesNotGetDenialsIsNotWarnedOf(CapturedOutput output) {
		comments().withBean(CatchAll.class)
			.withPropertyValues("throttle.exception-handlers=specific")
			.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@Test
	void adviceIsWarnedOfOnce(CapturedOutput output) {
		comments().withBean(PlainController.class)
			.withBean(CatchAll.class)
			.run((context) -> assertThat(output.getOut().lines().filter((line) -> line.contains(WARNING))).hasSize(1));
	}

	@Test
	void adviceOfApplicationWithoutThrottlesIsNotWarnedOf(CapturedOutput output) {
		this.runner.withBean(PlainController.class)
			.withBean(CatchAll.class)
			.withPropertyValues("throttle.exception-handlers=any")
			.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	private WebApplicationContextRunner comments() {
		return this.throttled.withPropertyValues("throttle.rates.comments=5/h", "throttle.exception-handlers=any");
	}

	private static WebApplicationContextRunner child(Class<?> controller) {
		return new WebApplicationContextRunner().withUserConfiguration(PlainMvc.class).withBean(controller);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	static class PlainMvc {

	}

	static class OtherMapping extends RequestMappingHandlerMapping {

		@Override
		protected boolean isHandler(Class<?> type) {
			return type == PlainController.class || type == MistakenController.class;
		}

	}

	@RestController
	static class ArticleController {

		@GetMapping("/articles")
		String list() {
			return "";
		}

		@PostMapping("/comments")
		@Throttle(scope = "comments")
		void comment() {
		}

		@GetMapping("/ping")
		@Unthrottled
		void ping() {
		}

	}

	@RestController
	static class OwnErrorController implements ErrorController {

		@RequestMapping("/error")
		void error() {
		}

	}

	@RestController
	static class MistakenErrorController implements ErrorController {

		@GetMapping("/other")
		@Throttle(rate = "1/h")
		void other() {
		}

	}

	@RestController
	@Throttle(rate = "1/h")
	static class ThrottledController {

		@GetMapping("/throttled/one")
		void one() {
		}

		@GetMapping("/throttled/two")
		void two() {
		}

	}

	@RestController
	static class PlainController {

		@GetMapping("/plain")
		void get() {
		}

	}

	@RestController
	@Unthrottled
	static class FreeController {

		@GetMapping("/free")
		void get() {
		}

	}

	@RestController
	static class MistakenController {

		@GetMapping("/mistaken")
		@Throttle(scope = "nowhere")
		void get() {
		}

	}

	@RestController
	static class OwnCatchAllController {

		@GetMapping("/own")
		void get() {
		}

		@ExceptionHandler
		String any(Exception exception) {
			return "";
		}

	}

	@ControllerAdvice
	static class CatchAll {

		@ExceptionHandler(Exception.class)
		void any() {
		}

	}

	@RestControllerAdvice
	static class CatchRuntime {

		@ExceptionHandler
		String any(RuntimeException exception) {
			return "";
		}

	}

	@ControllerAdvice
	static class CatchThrowable {

		@ExceptionHandler(Throwable.class)
		void any() {
		}

	}

	@ControllerAdvice
	static class CatchIllegalState {

		@ExceptionHandler(IllegalStateException.class)
		void some() {
		}

	}

	@ControllerAdvice
	static class CatchAllAndThrottled {

		@ExceptionHandler(Exception.class)
		void any() {
		}

		@ExceptionHandler
		void throttled(ThrottledException exception) {
			throw exception;
		}

	}

	@ControllerAdvice
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class FirstCatchAll {

		@ExceptionHandler(Exception.class)
		void any() {
		}

	}

	@ControllerAdvice
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class FirstThrottled {

		@ExceptionHandler({ IllegalStateException.class, ThrottledException.class })
		void throttled() {
		}

	}

	@ControllerAdvice(assignableTypes = PlainController.class)
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class FirstThrottledOfPlain {

		@ExceptionHandler(ThrottledException.class)
		void throttled() {
		}

	}

	@ControllerAdvice(assignableTypes = FreeController.class)
	static class CatchAllOfFree {

		@ExceptionHandler(Exception.class)
		void any() {
		}

	}

}
