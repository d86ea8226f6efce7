package dev.throttle.http;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;

import dev.throttle.Throttle;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The headers that {@code throttle.headers} chooses.
 */
class RateLimitHeadersTests {

	@Test
	void noneLeavesRetryAfterOnly() {
		try (RunningApplication application = start("none")) {
			HttpResponse<String> admitted = application.caller().as("anyone").get("/plain");
			assertThat(admitted.headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy",
					"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset");
			HttpResponse<String> denied = application.caller().as("anyone").get("/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().firstValue("Retry-After")).hasValue("60");
			assertThat(denied.headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy", "x-ratelimit-limit",
					"x-ratelimit-remaining", "x-ratelimit-reset");
		}
	}

	@Test
	void draft11HasOneItemForEachQuota() {
		try (RunningApplication application = start("draft-11")) {
			Caller caller = application.caller().as("anyone");
			HttpHeaders admitted = caller.get("/uploads").headers();
			assertThat(admitted.allValues("RateLimit-Policy"))
				.containsExactly("\"user\";q=1;w=60, \"user-day\";q=1000;w=86400, \"uploads\";q=20;w=3600");
			assertThat(admitted.allValues("RateLimit"))
				.containsExactly("\"user\";r=0;t=60, \"user-day\";r=999;t=86400, \"uploads\";r=19;t=3600");
			assertThat(admitted.firstValue("X-RateLimit-Limit")).isEmpty();
			HttpResponse<String> denied = caller.get("/uploads");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("RateLimit"))
				.containsExactly("\"user\";r=0;t=60, \"user-day\";r=999;t=86400, \"uploads\";r=19;t=3600");
		}
	}

	@Test
	void bothKindsStandBesideEachOther() {
		try (RunningApplication application = start("both")) {
			HttpHeaders admitted = application.caller().as("anyone").get("/plain").headers();
			assertThat(admitted.allValues("RateLimit"))
				.containsExactly("\"user\";r=0;t=60, \"user-day\";r=999;t=86400");
			assertThat(admitted.allValues("X-RateLimit-Limit")).containsExactly("1");
			assertThat(admitted.allValues("X-RateLimit-Remaining")).containsExactly("0");
		}
	}

	private static RunningApplication start(String headers) {
		return RunningApplication.start(Application.class, "throttle.rates.user=1/min, 1000/day",
				"throttle.headers=" + headers);
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

		@GetMapping("/uploads")
		@Throttle(scope = "uploads", rate = "20/hour")
		String uploads() {
			return "uploads";
		}

	}

}
