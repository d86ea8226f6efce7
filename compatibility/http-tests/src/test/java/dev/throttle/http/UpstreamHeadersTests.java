package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import dev.throttle.ThrottledException;
import dev.throttle.Unthrottled;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that pass on an upstream's rate limit headers: they do not mix with those of
 * this application.
 */
class UpstreamHeadersTests {

	private static final List<Line> LINES = List.of(new Line("X-RateLimit-Limit", "77"),
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
	@ValueSource(strings = { "/entity", "/set", "/added", "/numbers", "/other-case", "/future", "/callable", "/stream",
			"/stream-now", "/started", "/dispatched", "/reset", "/forwarded", "/routed" })
	void headersOfThrottledAnswersAreAllFromHere(String path) {
		HttpResponse<String> answer = both.caller().asNewcomer().get(path);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("upstream");
		assertThat(answer.headers().allValues("X-Upstream")).containsExactly("passed on");
		assertFromHere(answer.headers(), 4);
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
	@Import({ UserFilter.class, Proxy.class })
	static class Application {

		@Bean
		RouterFunction<ServerResponse> routed() {
			return RouterFunctions.route()
				.GET("/routed",
						(request) -> ServerResponse.ok()
							.headers((headers) -> LINES.forEach((line) -> headers.add(line.name(), line.value())))
							.body("upstream"))
				.build();
		}

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

		@GetMapping("/set")
		String set(HttpServletResponse response) {
			LINES.forEach((line) -> response.setHeader(line.name(), line.value()));
			return "upstream";
		}

		@GetMapping("/added")
		String added(HttpServletResponse response) {
			LINES.forEach((line) -> response.addHeader(line.name(), line.value()));
			return "upstream";
		}

		@GetMapping("/numbers")
		String numbers(HttpServletResponse response) {
			response.setIntHeader("X-RateLimit-Limit", 77);
			response.addIntHeader("X-RateLimit-Remaining", 76);
			response.setDateHeader("X-RateLimit-Reset", 1000);
			response.addDateHeader("X-RateLimit-Reset", 1000);
			response.setHeader("X-Upstream", "passed on");
			return "upstream";
		}

		@GetMapping("/other-case")
		String otherCase(HttpServletResponse response) {
			LINES.forEach((line) -> response.addHeader(
					line.name().equals("X-Upstream") ? line.name() : line.name().toLowerCase(Locale.ROOT),
					line.value()));
			return "upstream";
		}

		@GetMapping("/future")
		CompletableFuture<ResponseEntity<String>> future() {
			return CompletableFuture.supplyAsync(() -> upstream("upstream"));
		}

		@GetMapping("/callable")
		Callable<String> callable(HttpServletResponse response) {
			return () -> {
				LINES.forEach((line) -> response.addHeader(line.name(), line.value()));
				return "upstream";
			};
		}

		@GetMapping("/stream")
		ResponseEntity<StreamingResponseBody> stream() {
			return upstream((output) -> output.write("upstream".getBytes()));
		}

		@GetMapping("/stream-now")
		StreamingResponseBody streamNow(HttpServletResponse response) {
			return (output) -> {
				LINES.forEach((line) -> response.addHeader(line.name(), line.value()));
				output.write("upstream".getBytes());
			};
		}

		@GetMapping("/started")
		void started(HttpServletRequest request) {
			AsyncContext async = request.startAsync();
			async.start(() -> {
				write((HttpServletResponse) async.getResponse());
				async.complete();
			});
		}

		@GetMapping("/dispatched")
		void dispatched(HttpServletRequest request) {
			request.startAsync().dispatch("/set");
		}

		@GetMapping("/reset")
		void reset(HttpServletResponse response) {
			response.reset();
			write(response);
		}

		private static void write(HttpServletResponse response) {
			LINES.forEach((line) -> response.setHeader(line.name(), line.value()));
			try {
				response.getWriter().write("upstream");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@GetMapping("/forwarded")
		void forwarded(HttpServletRequest request, HttpServletResponse response) throws Exception {
			request.getRequestDispatcher("/entity").forward(request, response);
		}

		@ExceptionHandler
		ResponseEntity<String> denied(ThrottledException exception) {
			ResponseEntity.BodyBuilder response = ResponseEntity.status(429);
			LINES.forEach((line) -> response.header(line.name(), line.value()));
			return response.body("upstream");
		}

		private static <T> ResponseEntity<T> upstream(T body) {
			ResponseEntity.BodyBuilder response = ResponseEntity.ok();
			LINES.forEach((line) -> response.header(line.name(), line.value()));
			return response.body(body);
		}

	}

}
