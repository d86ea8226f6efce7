package dev.throttle.http;

import java.net.http.HttpResponse;

import dev.throttle.ThrottledException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What advices of Spring MVC find of a request that the filter before authentication
 * denies. WebFlux has no current request and no view {@code error}.
 */
class ServletFilterTests {

	@Test
	void adviceHasTheCurrentRequest() {
		try (RunningApplication application = RunningApplication.start(Shaping.class, "throttle.rates.address=0/min")) {
			HttpResponse<String> denied = application.caller().get("/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.body()).isEqualTo("/plain is denied");
		}
	}

	@Test
	void adviceCanRenderAView() {
		try (RunningApplication application = RunningApplication.start(ShapingByView.class,
				"throttle.rates.address=0/min")) {
			HttpResponse<String> denied = application.caller().get("/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.body()).contains("Whitelabel Error Page");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Shaping.Advice.class)
	static class Shaping {

		@RestControllerAdvice
		static class Advice {

			@ExceptionHandler(ThrottledException.class)
			ResponseEntity<String> denied() {
				ServletRequestAttributes current = (ServletRequestAttributes) RequestContextHolder
					.currentRequestAttributes();
				return ResponseEntity.status(429).body(current.getRequest().getRequestURI() + " is denied");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ShapingByView.Advice.class)
	static class ShapingByView {

		@ControllerAdvice
		static class Advice {

			@ExceptionHandler(ThrottledException.class)
			String denied() {
				return "error";
			}

		}

	}

}
