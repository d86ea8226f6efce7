package dev.throttle.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application whose environment Spring Cloud refreshes.
 */
@ExtendWith(OutputCaptureExtension.class)
class RefreshTests {

	private static final String WARNING = "Properties changed in the environment but have no effect until a restart: ";

	@Test
	void logSaysWhichPropertiesAreNotInForceAfterRefresh(@TempDir Path folder, CapturedOutput output)
			throws IOException {
		Path file = folder.resolve("rates.properties");
		Files.writeString(file, "throttle.rates.anon=2/hour\nthrottle.exclude-paths=/actuator/**,/health");
		try (RunningApplication application = RunningApplication.start(Application.class,
				"spring.config.import=" + file.toUri(), "spring.profiles.active=refresh",
				"management.endpoints.web.exposure.include=refresh")) {
			Caller caller = application.caller();
			refresh(caller);
			assertThat(output).doesNotContain(WARNING);
			Files.writeString(file, "throttle.rates.anon=rubbish\nthrottle.rates.user=9/hour\n"
					+ "throttle.exclude-paths=/actuator/**,/plain\nunrelated=1");
			refresh(caller);
			refresh(caller);
			assertThat(output).containsOnlyOnce(WARNING
					+ "'throttle.exclude-paths', 'throttle.rates.anon', 'throttle.rates.user'. Throttle reads its properties only at startup");
			assertThat(IntStream.range(0, 3).map((i) -> caller.get("/plain").statusCode())).containsExactly(200, 200,
					429);
			Files.writeString(file, "throttle.rates.anon=2/hour\nthrottle.exclude-paths=/actuator/**,/health");
			refresh(caller);
			assertThat(output).containsOnlyOnce(WARNING);
		}
	}

	private static void refresh(Caller caller) {
		assertThat(caller.post("/actuator/refresh", "").statusCode()).isEqualTo(200);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
