package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StartupReport}.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupReportTests {

	private static final String FORWARDED = "server.forward-headers-strategy=framework";

	private final WebApplicationContextRunner runner = WebApplications.small()
		.withBean(HelloController.class)
		.withBean(CatchAll.class)
		.withPropertyValues("throttle.rates.anon=1/h", "throttle.exception-handlers=any");

	@Test
	void warningsComeBeforeWhatIsInForce(CapturedOutput output) {
		this.runner.withPropertyValues(FORWARDED).run((context) -> {
			List<String> levels = output.getOut()
				.lines()
				.filter((line) -> line.contains("handles every exception") || line.contains("in this process only")
						|| line.contains("taken from forwarded headers") || line.contains("Throttling 1 of 1")
						|| line.contains("Clients are identified"))
				.map((line) -> line.substring(0, 4))
				.toList();
			assertThat(levels).containsExactly("WARN", "WARN", "WARN", "INFO", "INFO");
		});
	}

	@Test
	void errorComesBeforeEveryWarning(CapturedOutput output) {
		this.runner.withPropertyValues(FORWARDED, "throttle.client.num-proxies=1").run((context) -> {
			assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining("Forwarded headers are read twice");
			assertThat(output).doesNotContain("handles every exception").doesNotContain("Throttling 1 of 1");
		});
	}

	@Test
	void ownBeanOfTheNameSwitchesTheReportOff(CapturedOutput output) {
		this.runner.withBean("throttleStartupReport", StringBuilder.class)
			.run((context) -> assertThat(output).doesNotContain("handles every exception")
				.doesNotContain("Throttling 1 of 1")
				.doesNotContain("Clients are identified"));
	}

	@RestController
	static class HelloController {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

	}

	@ControllerAdvice
	static class CatchAll {

		@ExceptionHandler(Exception.class)
		void any() {
		}

	}

}
