package dev.throttle.http;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Properties under {@code throttle} that are not ours.
 */
class UnknownPropertiesTests {

	@Test
	void applicationMayHaveItsOwn() {
		try (RunningApplication application = start("throttle.max-uploads=5", "throttle.rates.anon=1/hour")) {
			Caller caller = application.caller();
			assertThat(caller.get("/uploads").body()).isEqualTo("at most 5");
			assertThat(caller.get("/uploads").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void misspellingOfOursKeepsTheApplicationFromStarting() {
		assertThatException()
			.isThrownBy(() -> start("throttle.max-uploads=5", "throttle.enable=false", "logging.level.root=off"))
			.withStackTraceContaining("throttle.enable");
	}

	private static RunningApplication start(String... properties) {
		return RunningApplication.start(Application.class, properties);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		private final int maxUploads;

		Handlers(@Value("${throttle.max-uploads}") int maxUploads) {
			this.maxUploads = maxUploads;
		}

		@GetMapping("/uploads")
		String uploads() {
			return "at most " + this.maxUploads;
		}

	}

}
