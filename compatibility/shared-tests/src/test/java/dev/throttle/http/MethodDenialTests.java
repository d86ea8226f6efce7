package dev.throttle.http;

import java.net.http.HttpResponse;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.limiter.RateLimiters;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client sees of a limit in code or on a method that denies a request, after the
 * handler's own limits have allowed it.
 */
class MethodDenialTests {

	@Test
	void headersAreThoseOfTheMethodThatDenies() {
		try (RunningApplication application = start(Application.class)) {
			Caller caller = application.caller();
			assertLimit(caller.get("/export"), 200, "100", "99");
			HttpResponse<String> denied = caller.get("/export");
			assertLimit(denied, 429, "1", "0");
			assertThat(denied.headers().firstValue("Retry-After")).hasValue("3600");
			assertThat(denied.headers().firstValueAsLong("X-RateLimit-Reset").orElseThrow())
				.isBetween(now() + 3590, now() + 3610);
			assertThat(denied.body()).contains("\"violated-policies\":[\"exports\"]");
		}
	}

	@Test
	void headersAreThoseOfTheLimiterThatDenies() {
		try (RunningApplication application = start(Application.class)) {
			Caller caller = application.caller();
			assertLimit(caller.get("/code"), 200, "100", "99");
			assertLimit(caller.get("/code"), 429, "1", "0");
		}
	}

	@Test
	void headersOfAHandlerWithoutLimits() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"throttle.rates.exports=1/hour")) {
			Caller caller = application.caller();
			assertThat(caller.get("/export").headers().firstValue("X-RateLimit-Limit")).isEmpty();
			assertLimit(caller.get("/export"), 429, "1", "0");
		}
	}

	@Test
	void itemsOfTheDraftAreThoseOfTheMethodThatDenies() {
		try (RunningApplication application = start(Application.class, "throttle.headers=draft-11")) {
			Caller caller = application.caller();
			assertThat(caller.get("/export").headers().allValues("RateLimit-Policy"))
				.containsExactly("\"anon\";q=100;w=3600");
			HttpResponse<String> denied = caller.get("/export");
			assertThat(denied.headers().allValues("RateLimit-Policy")).containsExactly("\"exports\";q=1;w=3600");
			assertThat(denied.headers().allValues("RateLimit")).singleElement().asString().startsWith("\"exports\";r=0;");
		}
	}

	@Test
	void scopeThatIsKeptOutOfHeadersStaysOut() {
		try (RunningApplication application = start(Application.class, "throttle.scopes.exports.headers=false")) {
			Caller caller = application.caller();
			caller.get("/export");
			assertLimit(caller.get("/export"), 429, "100", "98");
		}
	}

	@Test
	void exceptionHandlerOfTheApplicationHasTheSameHeaders() {
		try (RunningApplication application = start(Shaped.class)) {
			Caller caller = application.caller();
			caller.get("/export");
			HttpResponse<String> denied = caller.get("/export");
			assertLimit(denied, 429, "1", "0");
			assertThat(denied.body()).isEqualTo("shaped");
		}
	}

	@Test
	void scriptsOfOtherOriginsReadTheHeaders() {
		try (RunningApplication application = start(Application.class)) {
			Caller caller = application.caller().with("Origin", "https://shop.example");
			caller.get("/cross");
			HttpResponse<String> denied = caller.get("/cross");
			assertLimit(denied, 429, "1", "0");
			assertThat(denied.headers().allValues("Access-Control-Expose-Headers"))
				.containsExactlyInAnyOrder("X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset", "Retry-After");
		}
	}

	private static RunningApplication start(Class<?> application, String... properties) {
		String[] all = new String[properties.length + 2];
		System.arraycopy(properties, 0, all, 2, properties.length);
		all[0] = "throttle.rates.anon=100/hour";
		all[1] = "throttle.rates.exports=1/hour";
		return RunningApplication.start(application, all);
	}

	private static void assertLimit(HttpResponse<String> response, int status, String limit, String remaining) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().allValues("X-RateLimit-Limit")).containsExactly(limit);
		assertThat(response.headers().allValues("X-RateLimit-Remaining")).containsExactly(remaining);
	}

	private static long now() {
		return System.currentTimeMillis() / 1000;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Exports.class, ExportHandlers.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Exports.class, ShapingHandlers.class })
	static class Shaped {

	}

	static class Exports {

		@Throttle(scope = "exports")
		public Mono<String> export() {
			return Mono.just("exported");
		}

	}

	@RestController
	static class ExportHandlers {

		private final Exports exports;

		private final RateLimiters limiters;

		ExportHandlers(Exports exports, RateLimiters limiters) {
			this.exports = exports;
			this.limiters = limiters;
		}

		@GetMapping("/export")
		Mono<String> export() {
			return this.exports.export();
		}

		@GetMapping("/code")
		String code() {
			this.limiters.scope("exports").acquire(Client.ALL);
			return "exported";
		}

		@CrossOrigin("https://shop.example")
		@GetMapping("/cross")
		Mono<String> cross() {
			return this.exports.export();
		}

	}

	@RestController
	static class ShapingHandlers {

		private final Exports exports;

		ShapingHandlers(Exports exports) {
			this.exports = exports;
		}

		@GetMapping("/export")
		Mono<String> export() {
			return this.exports.export();
		}

		@ExceptionHandler
		ResponseEntity<String> shape(ThrottledException denied) {
			return ResponseEntity.status(429).body("shaped");
		}

	}

}
