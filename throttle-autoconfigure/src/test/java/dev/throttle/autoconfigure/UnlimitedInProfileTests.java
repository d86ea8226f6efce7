package dev.throttle.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

import dev.throttle.Scope;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.UserRateThrottle;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the file of a profile takes limits of the application away.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnlimitedInProfileTests {

	@TempDir
	private Path files;

	@BeforeEach
	void limitEverything() throws IOException {
		Files.writeString(this.files.resolve("application.yml"), """
				throttle:
				  rates:
				    user: 5/min
				    uploads: 20/day
				  scopes:
				    exports:
				      rate: 5/day
				  plans:
				    pro:
				      authorities: PLAN_PRO
				      rates:
				        user: 50/min
				        uploads: 200/day
				""");
	}

	@Test
	void limitsApplyWithoutTheProfile(CapturedOutput output) throws IOException {
		profile("throttle.rates.user: unlimited");
		run("", (rates) -> {
			assertThat(rates.unlimitedScopes()).isEmpty();
			assertThat(rates.policies(Scope.of("user"), "pro")).hasToString("[user (50/min, plan pro)]");
		});
		assertThat(output).doesNotContain("; unlimited:");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "unlimited" })
	void profileTakesLimitsOfEachKindAway(String unlimited, CapturedOutput output) throws IOException {
		profile("""
				throttle:
				  rates:
				    uploads: VALUE
				    burst: VALUE
				    reports: VALUE
				  scopes:
				    exports:
				      rate: VALUE
				  plans:
				    pro:
				      rates:
				        user: VALUE
				""".replace("VALUE", unlimited));
		run("dev", (rates) -> {
			assertThat(rates.unlimitedScopes()).extracting(Scope::name)
				.containsExactlyInAnyOrder("burst", "exports", "reports", "uploads");
			assertThat(rates.policies(Scope.of("user"))).hasToString("[user (5/min)]");
			assertThat(rates.policies(Scope.of("user"), "pro")).isEmpty();
			assertThat(rates.policies(Scope.of("uploads"), "pro")).hasToString("[uploads (200/day, plan pro)]");
		});
		assertThat(output).contains("; unlimited: burst, exports, reports, uploads");
	}

	private void profile(String properties) throws IOException {
		Files.writeString(this.files.resolve("application-dev.yml"), properties);
	}

	private void run(String profiles, Consumer<Rates> test) {
		WebApplications.small()
			.withInitializer(new ConfigDataApplicationContextInitializer())
			.withPropertyValues("spring.config.location=" + this.files.toUri(), "spring.profiles.active=" + profiles)
			.withBean("burst", SimpleRateThrottle.class, () -> new UserRateThrottle("burst", "9/min"))
			.withBean(Handlers.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				test.accept(context.getBean(RateRegistry.class).rates());
			});
	}

	@RestController
	static class Handlers {

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		@Throttle(scope = "exports")
		String uploads() {
			return "uploads";
		}

		@GetMapping("/reports")
		@Throttle(scope = "reports", rate = "1/hour")
		String reports() {
			return "reports";
		}

	}

}
