package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mistakes of an application that its start cannot see.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "throttle.rates.user=20/hour", "throttle.rates.bytes=100/hour" })
@ExtendWith(OutputCaptureExtension.class)
class UndecidedRequestTests {

	private final ApplicationContext context;

	private final Handlers handlers;

	private final Caller caller;

	@Autowired
	UndecidedRequestTests(ApplicationContext context, Handlers handlers, @LocalServerPort int port) {
		this.context = context;
		this.handlers = handlers;
		this.caller = Caller.of(port).asNewcomer();
	}

	@BeforeEach
	void reset() {
		this.handlers.calls.set(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "-9223372036854775808" })
	void costThatIsNotPositiveIsNoWayRoundTheLimit(String cost) {
		HttpResponse<String> refused = this.caller.with("X-Bytes", cost).get("/plain");
		assertThat(refused.statusCode()).isEqualTo(500);
		assertThat(refused.body()).contains("\"status\":500").doesNotContain("cost");
		assertThat(this.handlers.calls).hasValue(0);
		assertThat(this.caller.remaining("/plain")).as("nothing was recorded").isEqualTo(19);
	}

	@Test
	void throttleWhoseCostIsNotPositiveIsNamedInTheLogOnce(CapturedOutput output) {
		try (RunningApplication application = RunningApplication.start(Application.class, "throttle.rates.user=20/hour",
				"throttle.rates.bytes=100/hour")) {
			for (int i = 0; i < 20; i++) {
				Caller caller = application.caller().with("X-Bytes", String.valueOf(-i));
				assertThat(caller.get("/plain").statusCode()).isEqualTo(500);
			}
			assertThat(output.toString()).doesNotContain("\tat ")
				.containsOnlyOnce(
						"The throttle 'bytesThrottle' returned an invalid verdict: the cost must be a positive whole "
								+ "number but is 0");
		}
	}

	@Test
	void errorOfAThrottleIsAnsweredLikeItsExceptions() {
		assertThat(this.caller.with("X-Bytes", "none").get("/plain").body()).isEqualTo("all is well");
		assertThat(this.caller.with("X-Bytes", "linkage").get("/plain").body()).isEqualTo("all is well");
		assertThat(this.handlers.calls).hasValue(0);
	}

	@Test
	void handlerThatIsRegisteredAtRunTimeWithAScopeWithoutARateIsClosed(CapturedOutput output) throws Exception {
		WebStack.map(this.context, "/late", new Late(), Late.class.getDeclaredMethod("late"));
		for (int i = 0; i < 20; i++) {
			HttpResponse<String> refused = this.caller.get("/late");
			assertThat(refused.statusCode()).isEqualTo(500);
			assertThat(refused.body()).contains("\"status\":500").doesNotContain("exports", "scope");
		}
		assertThat(output.toString()).doesNotContain("\tat ")
			.containsOnlyOnce("declares the scope 'exports', but there is no rate for it")
			.contains("(logged once)", "Late#late()", "Set the property 'throttle.rates.exports'");
	}

	@Test
	void handlerThatIsRegisteredAtRunTimeSharesNoCount(CapturedOutput output) throws Exception {
		WebStack.map(this.context, "/later", new Late(), Late.class.getDeclaredMethod("later"));
		assertThat(this.caller.get("/later").statusCode()).isEqualTo(500);
		assertThat(this.caller.get("/later").statusCode()).isEqualTo(500);
		assertThat(output.toString()).containsOnlyOnce("Two policies are called 'reports-day'");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, Advice.class })
	static class Application {

		@Bean
		BytesThrottle bytesThrottle() {
			return new BytesThrottle();
		}

	}

	static class BytesThrottle extends SimpleRateThrottle {

		BytesThrottle() {
			super("bytes");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("bytes", request.header("X-Bytes"));
		}

		@Override
		protected long cost(ThrottleRequest request) {
			String bytes = request.header("X-Bytes");
			if ("linkage".equals(bytes)) {
				throw new NoClassDefFoundError("of an older library");
			}
			return Long.parseLong(bytes);
		}

	}

	/**
	 * Makes something else of every exception.
	 */
	@RestControllerAdvice
	static class Advice {

		@ExceptionHandler
		String handle(Exception ex) {
			return "all is well";
		}

	}

	@RestController
	static class Handlers {

		private final AtomicInteger calls = new AtomicInteger();

		@GetMapping("/plain")
		String plain() {
			this.calls.incrementAndGet();
			return "plain";
		}

		@GetMapping("/reports")
		@Throttle(scope = "reports-day", rate = "3/hour")
		String reports() {
			return "reports";
		}

	}

	static class Late {

		@Throttle(scope = "exports")
		String late() {
			return "late";
		}

		@Throttle(scope = "reports", rate = "2/min, 5/day")
		String later() {
			return "later";
		}

	}

}
