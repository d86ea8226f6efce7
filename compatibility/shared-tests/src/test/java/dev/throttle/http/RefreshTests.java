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

	private static final String EXCLUDED = "\nthrottle.exclude-paths=/actuator/**,/health";

	@Test
	void nextRequestIsDecidedByTheChangedRate(@TempDir Path folder, CapturedOutput output) throws IOException {
		Path file = folder.resolve("rates.properties");
		Files.writeString(file, "throttle.rates.anon=2/hour" + EXCLUDED);
		try (RunningApplication application = start(file)) {
			Caller caller = application.caller();
			assertThat(statuses(caller, 3)).containsExactly(200, 200, 429);
			Files.writeString(file, "throttle.rates.anon=4/hour" + EXCLUDED);
			refresh(caller);
			assertThat(statuses(caller, 3)).containsExactly(200, 200, 429);
			assertThat(output).containsOnlyOnce("Changed rates and plans are in force: 'throttle.rates.anon'");
			Files.writeString(file, "throttle.rates.anon=unlimited" + EXCLUDED);
			refresh(caller);
			assertThat(statuses(caller, 3)).containsExactly(200, 200, 200);
		}
	}

	@Test
	void rateThatIsNotValidIsRefusedAndTheOldOneStays(@TempDir Path folder, CapturedOutput output) throws IOException {
		Path file = folder.resolve("rates.properties");
		Files.writeString(file, "throttle.rates.anon=2/hour" + EXCLUDED);
		try (RunningApplication application = start(file)) {
			Caller caller = application.caller();
			Files.writeString(file, "throttle.rates.anon=rubbish\nthrottle.exclude-paths=/actuator/**,/plain");
			refresh(caller);
			refresh(caller);
			assertThat(output).containsOnlyOnce(
					"Refused to change rates or plans; those before the change stay in force. The property 'throttle.rates.anon' is 'rubbish', which is not a rate.")
				.containsOnlyOnce(
						"Properties changed in the environment but have no effect until a restart: 'throttle.exclude-paths'");
			assertThat(statuses(caller, 3)).containsExactly(200, 200, 429);
			Files.writeString(file, "throttle.rates.anon=3/hour\nthrottle.scopes.anon.shdow=true" + EXCLUDED);
			caller.post("/actuator/refresh", "");
			assertThat(output).containsOnlyOnce("Unknown property 'throttle.scopes.anon.shdow'");
			assertThat(statuses(caller, 1)).containsExactly(429);
			Files.writeString(file, "throttle.rates.anon=3/hour" + EXCLUDED);
			caller.post("/actuator/refresh", "");
			assertThat(statuses(caller, 2)).containsExactly(200, 429);
		}
	}

	private static RunningApplication start(Path file) {
		return RunningApplication.start(Application.class, "spring.config.import=" + file.toUri(),
				"spring.profiles.active=refresh", "management.endpoints.web.exposure.include=refresh",
				"logging.level.dev.throttle=info");
	}

	private static IntStream statuses(Caller caller, int requests) {
		return IntStream.range(0, requests).map((i) -> caller.get("/plain").statusCode());
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
