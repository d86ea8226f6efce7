package dev.throttle.http;

import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Throttles as the documentation writes them, where they apply, and what they may ask about a
 * request.
 */
class OwnThrottleTests {

	private static RunningApplication application;

	private Caller caller;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.tenant=3/hour",
				"throttle.rates.user=100/hour", "throttle.rates.burst=2/hour", "throttle.rates.uploads=1/hour",
				"throttle.rates.bytes=100/hour", "throttle.defaults=userRateThrottle,perTenant",
				"spring.jmx.enabled=false");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void callAsNewcomer() {
		this.caller = application.caller().asNewcomer();
	}

	@Test
	void lambdaCountsByTenant() {
		assertCountsByTenant(application.caller());
	}

	@Test
	void classCountsByTenant() {
		try (RunningApplication ofClass = RunningApplication.start(ClassApplication.class,
				"throttle.rates.tenant=3/hour", "spring.jmx.enabled=false")) {
			assertCountsByTenant(ofClass.caller());
		}
	}

	private static void assertCountsByTenant(Caller anybody) {
		Caller acme = anybody.with("X-Tenant", "acme");
		assertThat(statuses(acme, "/plain", 3)).containsOnly(200);
		assertThat(deniedBy(acme.get("/plain"))).isEqualTo("tenant");
		assertThat(statuses(anybody.with("X-Tenant", "umbrella"), "/plain", 1)).containsExactly(200);
		assertThat(statuses(anybody, "/plain", 5)).containsOnly(200);
	}

	@Test
	void alsoAddsAThrottleToTheDefaults() {
		Caller tenant = this.caller.with("X-Tenant", "also");
		assertThat(statuses(tenant, "/also", 2)).containsExactly(200, 200);
		assertThat(deniedBy(tenant.get("/also"))).isEqualTo("burst");
		assertThat(statuses(tenant, "/plain", 2)).as("the tenant was counted, too").containsExactly(200, 429);
	}

	@Test
	void alsoAddsAThrottleBesideAScope() {
		assertThat(statuses(this.caller, "/also-scope", 1)).containsExactly(200);
		assertThat(deniedBy(this.caller.get("/also-scope"))).isEqualTo("uploads");
		assertThat(statuses(this.caller, "/also", 1)).containsExactly(200);
		assertThat(deniedBy(this.caller.get("/also"))).isEqualTo("burst");
	}

	@Test
	void alsoAddsAThrottleToWhatIsUsed() {
		Caller tenant = this.caller.with("X-Tenant", "not-used");
		assertThat(statuses(tenant, "/also-use", 2)).containsExactly(200, 200);
		assertThat(deniedBy(tenant.get("/also-use"))).isEqualTo("burst");
		assertThat(statuses(tenant, "/plain", 3)).as("the tenant was not counted").containsOnly(200);
	}

	@Test
	void requestTellsScopePrincipalAndLengthOfItsBody() {
		assertThat(this.caller.post("/files", "x".repeat(60)).statusCode()).isEqualTo(200);
		HttpResponse<String> denied = this.caller.post("/files", "x".repeat(41));
		assertThat(deniedBy(denied)).isEqualTo("bytes");
		assertThat(this.caller.post("/files", "x".repeat(40)).statusCode()).isEqualTo(200);
		assertThat(application.bean(ByteThrottle.class).principals.get(this.caller.user()).getName())
			.isEqualTo(this.caller.user());
		assertThat(this.caller.post("/other-files", "x".repeat(60)).statusCode()).as("another scope").isEqualTo(200);
		assertThat(application.caller().post("/files", "x".repeat(500)).statusCode()).as("nobody").isEqualTo(200);
	}

	private static int[] statuses(Caller caller, String path, int requests) {
		return IntStream.range(0, requests).map((i) -> caller.get(path).statusCode()).toArray();
	}

	private static String deniedBy(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(429);
		return response.body().replaceAll(".*\"violated-policies\":\\[\"(.*)\"].*", "$1");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, ByteThrottle.class })
	static class Application {

		@Bean
		BaseThrottle perTenant() {
			return (request) -> Verdict.count("tenant", Client.of("tenant", request.header("X-Tenant")));
		}

		@Bean
		Burst burst() {
			return new Burst();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, PlainHandlers.class, TenantThrottle.class })
	static class ClassApplication {

	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

	}

	static class Burst extends UserRateThrottle {

		Burst() {
			super("burst");
		}

	}

	/**
	 * Counts the bytes that users send to handlers of one scope.
	 */
	static class ByteThrottle implements BaseThrottle {

		private final Map<String, Principal> principals = new ConcurrentHashMap<>();

		@Override
		public Verdict check(ThrottleRequest request) {
			Principal principal = request.principal();
			if (principal == null || !request.hasScope("FILES")) {
				return Verdict.count("bytes", null);
			}
			this.principals.put(principal.getName(), principal);
			return Verdict.count("bytes", request.client(), request.contentLength().orElse(1));
		}

	}

	@RestController
	static class PlainHandlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	@RestController
	static class Handlers extends PlainHandlers {

		@GetMapping("/also")
		@Throttle(also = Burst.class)
		String also() {
			return "also";
		}

		@GetMapping("/also-scope")
		@Throttle(also = Burst.class, scope = "uploads")
		String alsoScope() {
			return "also-scope";
		}

		@GetMapping("/also-use")
		@Throttle(use = UserRateThrottle.class, also = Burst.class)
		String alsoUse() {
			return "also-use";
		}

		@PostMapping("/files")
		@Throttle(also = ByteThrottle.class, scope = "files", rate = "50/hour")
		String files() {
			return "stored";
		}

		@PostMapping("/other-files")
		@Throttle(also = ByteThrottle.class, scope = "other-files", rate = "50/hour")
		String otherFiles() {
			return "stored";
		}

	}

}
