package dev.throttle.http;

import java.net.http.HttpResponse;

import dev.throttle.ThrottledException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application's exception handlers and denied requests.
 */
@ExtendWith(OutputCaptureExtension.class)
class AdviceTests {

	@Test
	void adviceShapesTheDenial(CapturedOutput output) {
		try (RunningApplication application = RunningApplication.start(Shaping.class, "throttle.rates.user=1/min")) {
			Caller caller = application.caller().as("anyone");
			caller.get("/plain");
			HttpResponse<String> denied = caller.get("/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.body()).isEqualTo("Come back in 60 seconds: [user]");
			assertThat(denied.headers().allValues("Retry-After")).containsExactly("60");
			assertThat(denied.headers().allValues("X-RateLimit-Limit")).containsExactly("1");
			assertThat(caller.get("/handled").body()).isEqualTo("shaped by the controller");
			assertThat(output).doesNotContain("handles every exception");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Plain.class, Handled.class, Denials.class })
	static class Shaping {

	}

	@RestController
	static class Plain {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	@RestController
	static class Handled {

		@GetMapping("/handled")
		String handled() {
			return "handled";
		}

		@ExceptionHandler
		ResponseEntity<String> denied(ThrottledException ex) {
			return ResponseEntity.status(429).body("shaped by the controller");
		}

	}

	@RestControllerAdvice
	static class Denials {

		@ExceptionHandler
		ResponseEntity<String> denied(ThrottledException ex) {
			return ResponseEntity.status(429)
				.body("Come back in " + ex.getRetryAfterSeconds().orElseThrow() + " seconds: "
						+ ex.getViolatedPolicies());
		}

	}

}
