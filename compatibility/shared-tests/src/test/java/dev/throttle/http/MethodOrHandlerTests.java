package dev.throttle.http;

import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.limiter.RateLimiters;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Methods that are counted as handlers or as methods, and never as both.
 */
class MethodOrHandlerTests {

	@Test
	void methodThatIsMappedLaterIsCountedOnce() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"throttle.rates.exports=2/hour")) {
			Reports reports = application.bean(Reports.class);
			reports.report();
			WebStack.map(application.bean(Started.class).context(), "/late", reports,
					ClassUtils.getMethod(Reports.class, "report"));
			Caller caller = application.caller();
			assertThat(IntStream.range(0, 3).map((i) -> caller.get("/late").statusCode())).containsExactly(200, 200,
					429);
		}
	}

	@Test
	void handlerIsNotCountedWhereAnotherBeanCallsIt() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"throttle.rates.exports=2/hour")) {
			Handlers handlers = application.bean(Handlers.class);
			IntStream.range(0, 5).forEach((i) -> handlers.mapped());
			assertThat(application.bean(RateLimiters.class).scope("exports").peek(Client.ALL).remaining()).isEqualTo(2);
			Caller caller = application.caller();
			assertThat(IntStream.range(0, 3).map((i) -> caller.get("/mapped").statusCode())).containsExactly(200, 200,
					429);
		}
	}

	@Test
	void methodOfAControllerWithoutAMappingIsCountedWhereAnotherBeanCallsIt() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"throttle.rates.exports=2/hour")) {
			Handlers handlers = application.bean(Handlers.class);
			handlers.helper();
			handlers.helper();
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(handlers::helper);
			assertThat(application.caller().get("/mapped").statusCode()).isEqualTo(200);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Started.class, Reports.class, Handlers.class })
	static class Application {

	}

	record Started(ApplicationContext context) {

	}

	static class Reports {

		@Throttle(scope = "exports")
		@ResponseBody
		public String report() {
			return "report";
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/mapped")
		@Throttle(scope = "exports")
		public String mapped() {
			return "mapped";
		}

		@Throttle(scope = "exports")
		public String helper() {
			return "helper";
		}

	}

}
