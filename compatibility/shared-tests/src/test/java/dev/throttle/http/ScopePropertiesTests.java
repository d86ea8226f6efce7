package dev.throttle.http;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.Map;

import dev.throttle.ScopedRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is configured for one scope, by properties and environment variables.
 */
class ScopePropertiesTests {

	private static final String[] HEADERS = { "ratelimit", "ratelimit-policy", "x-ratelimit-limit",
			"x-ratelimit-remaining", "x-ratelimit-reset" };

	private static ConfigurableApplicationContext context;

	private static Caller caller;

	@BeforeAll
	static void start() {
		Map<String, Object> variables = Map.of("THROTTLE_SCOPES_PARTNERAPI_RATE", "2/min",
				"THROTTLE_SCOPES_PARTNERAPI_HEADERS", "false", "THROTTLE_SCOPES_TRIED_SHADOW", "true");
		context = new SpringApplicationBuilder(Application.class)
			.initializers((initialized) -> initialized.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource(
						"test-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)))
			.properties("server.port=0", "throttle.headers=both", "throttle.scopes.user.rate=5/min",
					"throttle.scopes.partner-api.rate=1000/s", "throttle.rates.tried=0/min",
					"throttle.scopes.hidden.headers=false")
			.run();
		caller = Caller.of(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@Test
	void scopeWithoutHeadersIsNotAmongThoseOfAnAllowedAnswer() {
		HttpHeaders admitted = caller.asNewcomer().get("/partners").headers();
		assertThat(admitted.allValues("RateLimit-Policy")).containsExactly("\"user\";q=5;w=60");
		assertThat(admitted.allValues("RateLimit")).containsExactly("\"user\";r=4;t=60");
		assertThat(admitted.allValues("X-RateLimit-Limit")).containsExactly("5");
		assertThat(admitted.allValues("X-RateLimit-Remaining")).containsExactly("4");
	}

	@Test
	void denialByScopeWithoutHeadersHasRetryAfterAndNothingOfTheScope() {
		Caller newcomer = caller.asNewcomer();
		newcomer.get("/partners");
		newcomer.get("/partners");
		HttpResponse<String> denied = newcomer.get("/partners");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Retry-After")).hasValue("60");
		assertThat(denied.headers().allValues("RateLimit")).containsExactly("\"user\";r=3;t=60");
		assertThat(denied.headers().map()).doesNotContainKeys("x-ratelimit-limit", "x-ratelimit-remaining",
				"x-ratelimit-reset");
	}

	@Test
	void denialByAnotherScopeHasTheHeadersOfThat() {
		Caller newcomer = caller.asNewcomer();
		for (int i = 0; i < 5; i++) {
			newcomer.get("/plain");
		}
		HttpResponse<String> denied = newcomer.get("/partners");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().allValues("X-RateLimit-Limit")).containsExactly("5");
		assertThat(denied.headers().allValues("RateLimit-Policy")).containsExactly("\"user\";q=5;w=60");
	}

	@Test
	void noHeadersAreSentWhereAllScopesAreKeptOut() {
		Caller newcomer = caller.asNewcomer();
		HttpResponse<String> admitted = newcomer.get("/hidden");
		assertThat(admitted.statusCode()).isEqualTo(200);
		assertThat(admitted.headers().map()).doesNotContainKeys(HEADERS);
		HttpResponse<String> denied = newcomer.get("/hidden");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Retry-After")).hasValue("60");
		assertThat(denied.headers().map()).doesNotContainKeys(HEADERS);
	}

	@Test
	void rateThatIsOnlyMeasuredDeniesNothing() {
		HttpResponse<String> answer = caller.asNewcomer().get("/tried");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().allValues("RateLimit-Policy")).containsExactly("\"user\";q=5;w=60");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		MemoryCacheBackend cacheBackend() {
			return MemoryCacheBackend.builder().clock(new ThrottleClock()).build();
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/partners")
		@Throttle(scope = "partner-api")
		String partners() {
			return "partners";
		}

		@GetMapping("/hidden")
		@Throttle(use = ScopedRateThrottle.class, scope = "hidden", rate = "1/min")
		String hidden() {
			return "hidden";
		}

		@GetMapping("/tried")
		@Throttle(scope = "tried")
		String tried() {
			return "tried";
		}

	}

}
