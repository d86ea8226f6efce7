package dev.throttle.http;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.throttle.ThrottledException;
import dev.throttle.Unthrottled;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that pass on an upstream's rate limit headers: they do not mix with those of
 * this application.
 */
class UpstreamHeadersTests {

	static final List<Line> LINES = List.of(new Line("X-RateLimit-Limit", "77"),
			new Line("X-RateLimit-Remaining", "76"), new Line("X-RateLimit-Reset", "1"),
			new Line("X-RateLimit-Used", "1"), new Line("RateLimit", "\"upstream\";r=76;t=5"),
			new Line("RateLimit-Policy", "\"upstream\";q=77;w=60"), new Line("X-Upstream", "passed on"));

	private static RunningApplication both;

	@BeforeAll
	static void start() {
		both = start("both");
	}

	@AfterAll
	static void stop() {
		both.close();
	}

	private static RunningApplication start(String headers) {
		return RunningApplication.start(Application.class, "throttle.rates.user=5/min", "throttle.headers=" + headers,
				"throttle.include-paths=/routed");
	}

	@ParameterizedTest
	@MethodSource
	void headersOfThrottledAnswersAreAllFromHere(String path) {
		HttpResponse<String> answer = both.caller().asNewcomer().get(path);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("upstream");
		assertThat(answer.headers().allValues("X-Upstream")).containsExactly("passed on");
		assertFromHere(answer.headers(), 4);
	}

	static Stream<String> headersOfThrottledAnswersAreAllFromHere() {
		return Stream.concat(Stream.of("/entity", "/other-case", "/future"), UpstreamHandlers.PATHS.stream());
	}

	@Test
	void headersOfShapedDenialsAreAllFromHere() {
		Caller caller = both.caller().asNewcomer();
		for (int i = 0; i < 5; i++) {
			caller.get("/entity");
		}
		HttpResponse<String> denied = caller.get("/entity");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.body()).isEqualTo("upstream");
		assertFromHere(denied.headers(), 0);
	}

	@Test
	void headersThatAreNotChosenAreTheUpstreams() {
		try (RunningApplication application = start("x-ratelimit")) {
			HttpHeaders headers = application.caller().asNewcomer().get("/entity").headers();
			assertThat(headers.allValues("X-RateLimit-Limit")).containsExactly("5");
			assertThat(headers.allValues("RateLimit")).containsExactly("\"upstream\";r=76;t=5");
			assertThat(headers.allValues("RateLimit-Policy")).containsExactly("\"upstream\";q=77;w=60");
		}
	}

	@Test
	void withoutHeadersTheUpstreamsAreSent() {
		try (RunningApplication application = start("none")) {
			assertFromUpstream(application.caller().asNewcomer().get("/entity").headers());
		}
	}

	@Test
	void unthrottledAnswersHaveTheUpstreams() {
		assertFromUpstream(both.caller().asNewcomer().get("/unthrottled").headers());
	}

	private static void assertFromHere(HttpHeaders headers, long remaining) {
		assertThat(headers.allValues("X-RateLimit-Limit")).containsExactly("5");
		assertThat(headers.allValues("X-RateLimit-Remaining")).containsExactly(Long.toString(remaining));
		assertThat(headers.allValues("X-RateLimit-Reset")).singleElement().isNotEqualTo("1");
		assertThat(headers.allValues("X-RateLimit-Used")).isEmpty();
		assertThat(headers.allValues("RateLimit")).containsExactly("\"user\";r=" + remaining + ";t=60");
		assertThat(headers.allValues("RateLimit-Policy")).containsExactly("\"user\";q=5;w=60");
	}

	private static void assertFromUpstream(HttpHeaders headers) {
		assertThat(headers.allValues("X-RateLimit-Limit")).containsExactly("77");
		assertThat(headers.allValues("X-RateLimit-Remaining")).containsExactly("76");
		assertThat(headers.allValues("X-RateLimit-Reset")).containsExactly("1");
		assertThat(headers.allValues("X-RateLimit-Used")).containsExactly("1");
		assertThat(headers.allValues("RateLimit")).containsExactly("\"upstream\";r=76;t=5");
		assertThat(headers.allValues("RateLimit-Policy")).containsExactly("\"upstream\";q=77;w=60");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Proxy.class, UpstreamHandlers.class })
	static class Application {

	}

	record Line(String name, String value) {
	}

	@RestController
	static class Proxy {

		@GetMapping("/entity")
		ResponseEntity<String> entity() {
			return upstream("upstream");
		}

		@GetMapping("/unthrottled")
		@Unthrottled
		ResponseEntity<String> unthrottled() {
			return upstream("upstream");
		}

		@GetMapping("/other-case")
		ResponseEntity<String> otherCase() {
			ResponseEntity.BodyBuilder response = ResponseEntity.ok();
			LINES.forEach((line) -> response.header(
					line.name().equals("X-Upstream") ? line.name() : line.name().toLowerCase(Locale.ROOT),
					line.value()));
			return response.body("upstream");
		}

		@GetMapping("/future")
		CompletableFuture<ResponseEntity<String>> future() {
			return CompletableFuture.supplyAsync(() -> upstream("upstream"));
		}

		@ExceptionHandler
		ResponseEntity<String> denied(ThrottledException exception) {
			ResponseEntity.BodyBuilder response = ResponseEntity.status(429);
			LINES.forEach((line) -> response.header(line.name(), line.value()));
			return response.body("upstream");
		}

		static <T> ResponseEntity<T> upstream(T body) {
			ResponseEntity.BodyBuilder response = ResponseEntity.ok();
			LINES.forEach((line) -> response.header(line.name(), line.value()));
			return response.body(body);
		}

	}

}
