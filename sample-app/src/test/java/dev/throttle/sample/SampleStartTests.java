package dev.throttle.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A limit that would have no effect stops the sample, and the console says why in a
 * paragraph.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("integration")
class SampleStartTests {

	@TempDir
	Path directory;

	@Test
	void rateThatDoesNotParseStopsTheStart(CapturedOutput output) {
		assertThat(explanation(output, "--throttle.rates.anon=10/month")).isEqualTo(
				"""
						Description:

						The property 'throttle.rates.anon' is '10/month', which is not a rate. At column 4: \
						unknown period 'month'; known periods are s, sec, second, seconds, m, min, minute, minutes, h, hour, hours, \
						d, day, days, each after an optional whole number, and calendar-hour, calendar-day, calendar-week, \
						calendar-month, calendar-year; for any 30 days write '10/30d', and from one boundary of the calendar to the next \
						'10/calendar-month'.

						Action:

						Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'. \
						See https://throttle.dev/errors#invalid-rate""");
	}

	@Test
	void scopeWithoutARateStopsTheStart(CapturedOutput output) throws IOException {
		Path configuration = Files.writeString(this.directory.resolve("application.yml"),
				"""
						throttle.rates: { anon: 5/min, user: 10/min, upload: 3/min, downloads: 4/min, contacts: 4/min, tenant: 6/min,
						  api_key: 5/min, signup: 5/min, login: 5/min, login-address: 5/min, refresh: 5/min, account: 5/min,
						  uploads-bytes: 1000/day }
						throttle.defaults: anonRateThrottle, userRateThrottle, tenantThrottle, maintenanceThrottle
						""");
		assertThat(explanation(output, "--spring.config.location=" + configuration.toUri())).isEqualTo(
				"""
						Description:

						@Throttle on dev.throttle.sample.upload.UploadController#upload(HttpServletRequest) declares the scope 'uploads', \
						but there is no rate for it (did you mean 'upload'?).

						Action:

						Set the property 'throttle.rates.uploads', for example to '100/hour', or declare a scope \
						that has a rate: 'account', 'api_key', 'contacts', 'downloads', 'login', 'login-address', 'refresh', \
						'signup', 'tenant', 'upload', 'uploads-bytes'. See https://throttle.dev/errors#scope-without-rate""");
	}

	@Test
	void rateThatNothingUsesStopsTheStart() throws Exception {
		assertThat(explanationOfAProcess("--throttle.rates.annon=5/min")).isEqualTo("""
				Description:

				The rate 'throttle.rates.annon' is not used by any throttle or handler (did you mean 'anon'?).

				Action:

				Correct the scope, add @Throttle(scope = "annon") to a handler, return the scope from the \
				scopes() method of the throttle that uses it, set 'throttle.scopes.annon.in-code' to 'true' \
				if code counts under it, or remove the rate. See https://throttle.dev/errors#unused-rate""");
	}

	/**
	 * Return what the console says where the sample starts in this process.
	 */
	private String explanation(CapturedOutput output, String... arguments) {
		assertThatException().isThrownBy(() -> SampleApplication.main(all(arguments)));
		return explanation(output.getOut());
	}

	/**
	 * Return what the console says where the sample is a process of its own.
	 */
	private String explanationOfAProcess(String... arguments) throws IOException, InterruptedException {
		Path console = this.directory.resolve("console.txt");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-cp", System.getProperty("java.class.path"), SampleApplication.class.getName()));
		command.addAll(List.of(all(arguments)));
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(console.toFile())
			.start();
		try {
			assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(process.exitValue()).isEqualTo(1);
		return explanation(Files.readString(console, StandardCharsets.UTF_8));
	}

	private String[] all(String... arguments) {
		List<String> all = new ArrayList<>(List.of("--server.port=0", "--sample.data=" + this.directory,
				"--sample.tokens.key-file=" + this.directory.resolve("token.key")));
		all.addAll(List.of(arguments));
		return all.toArray(String[]::new);
	}

	/**
	 * Return what stands after {@code APPLICATION FAILED TO START}.
	 */
	private static String explanation(String console) {
		assertThat(console).containsOnlyOnce("APPLICATION FAILED TO START").doesNotContain("\n\tat ", "Caused by");
		String banner = "APPLICATION FAILED TO START\n***************************\n";
		return console.substring(console.indexOf(banner) + banner.length()).strip();
	}

}
