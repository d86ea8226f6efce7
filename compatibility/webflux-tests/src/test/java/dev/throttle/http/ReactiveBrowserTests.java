package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a browser sees of a denial on WebFlux.
 */
class ReactiveBrowserTests {

	private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

	@Test
	void browserGetsTheErrorPageOfTheApplication() {
		HttpResponse<String> denied = denied(BROWSER, "spring.web.resources.static-locations=classpath:/pages/");
		assertPage(denied);
		assertThat(denied.body()).contains("Our own page for 429");
	}

	@Test
	void browserGetsTheErrorPageOfSpringBootWhereTheApplicationHasNone() {
		HttpResponse<String> denied = denied(BROWSER);
		assertPage(denied);
		assertThat(denied.body()).contains("Too Many Requests");
	}

	@Test
	void browserGetsAPlainPageWhereThereIsNone() {
		HttpResponse<String> denied = denied(BROWSER, "server.error.whitelabel.enabled=false",
				"spring.web.error.whitelabel.enabled=false");
		assertPage(denied);
		assertThat(denied.body()).contains("Request was throttled. Expected available in 60 seconds.");
	}

	@Test
	void scriptGetsTheProblem() {
		HttpResponse<String> denied = denied("application/json, text/html;q=0.5",
				"spring.web.resources.static-locations=classpath:/pages/");
		assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
	}

	private static void assertPage(HttpResponse<String> denied) {
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
		assertThat(denied.headers().allValues("Retry-After")).containsExactly("60");
		assertThat(denied.headers().allValues("X-RateLimit-Limit")).containsExactly("1");
	}

	private static HttpResponse<String> denied(String accepted, String... properties) {
		try (RunningApplication application = RunningApplication.start(Application.class,
				Stream.concat(Stream.of("throttle.rates.user=1/min"), Stream.of(properties)).toArray(String[]::new))) {
			Caller caller = application.caller().as("anyone").with("Accept", accepted);
			caller.get("/plain");
			return caller.get("/plain");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		Mono<String> plain() {
			return Mono.just("plain");
		}

	}

}
