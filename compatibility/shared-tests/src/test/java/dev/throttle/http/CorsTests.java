package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scripts of other origins.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "throttle.rates.user=2/hour", "throttle.headers=both", "throttle.include-paths=/**" })
class CorsTests {

	private static final String ORIGIN = AllowedOrigin.ORIGIN;

	private final Caller anyone;

	CorsTests(@LocalServerPort int port) {
		this.anyone = Caller.of(port);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/annotated", "/configured", "/annotated/exposing" })
	void preflightIsNeitherCountedNorDenied(String path) {
		Caller caller = this.anyone.asNewcomer().with("Origin", ORIGIN);
		Caller preflight = caller.with("Access-Control-Request-Method", "PUT");
		for (int i = 0; i < 5; i++) {
			HttpResponse<String> response = preflight.send("OPTIONS", path);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("Access-Control-Allow-Methods")).isPresent();
			assertThat(response.headers().firstValue("X-RateLimit-Limit")).isEmpty();
		}
		assertThat(caller.remaining(path)).isEqualTo(1);
		assertThat(caller.remaining(path)).isZero();
		assertThat(caller.get(path).statusCode()).isEqualTo(429);
		assertThat(preflight.send("OPTIONS", path).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/annotated", "/configured", "/annotated/exposing" })
	void headersThatAScriptMustReadAreExposed(String path) {
		Caller caller = this.anyone.asNewcomer().with("Origin", ORIGIN);
		HttpResponse<String> admitted = caller.get(path);
		assertThat(admitted.headers().firstValue("Access-Control-Allow-Origin")).isPresent();
		assertThat(exposed(admitted)).contains("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
				"RateLimit", "RateLimit-Policy");
		caller.get(path);
		HttpResponse<String> denied = caller.get(path);
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(exposed(denied)).contains("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining",
				"X-RateLimit-Reset", "RateLimit", "RateLimit-Policy");
	}

	@Test
	void headersThatTheApplicationExposesStayExposed() {
		Caller caller = this.anyone.asNewcomer().with("Origin", ORIGIN);
		assertThat(exposed(caller.get("/annotated/exposing"))).contains("X-Total", "X-RateLimit-Limit");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/annotated", "/configured" })
	void nothingIsExposedToARequestWithoutOrigin(String path) {
		Caller caller = this.anyone.asNewcomer();
		assertThat(exposed(caller.get(path))).isEmpty();
		caller.get(path);
		HttpResponse<String> denied = caller.get(path);
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(exposed(denied)).isEmpty();
	}

	@Test
	void nothingIsExposedWhereCorsIsOff() {
		assertThat(exposed(this.anyone.asNewcomer().with("Origin", ORIGIN).get("/plain"))).isEmpty();
	}

	@Test
	void requestOfAnOriginThatIsNotAllowedIsNotCounted() {
		Caller caller = this.anyone.asNewcomer();
		assertThat(caller.with("Origin", "https://evil.example").get("/configured").statusCode()).isEqualTo(403);
		assertThat(caller.remaining("/configured")).isEqualTo(1);
	}

	@Test
	void requestThatOnlyLooksLikeAPreflightIsCounted() {
		Caller caller = this.anyone.asNewcomer().with("Origin", ORIGIN).with("Access-Control-Request-Method", "GET");
		assertThat(caller.remaining("/annotated")).isEqualTo(1);
	}

	private static List<String> exposed(HttpResponse<String> response) {
		return response.headers()
			.allValues("Access-Control-Expose-Headers")
			.stream()
			.flatMap((line) -> Stream.of(line.split(",")))
			.map(String::trim)
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, AllowedOrigin.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@CrossOrigin
		@GetMapping("/annotated")
		String annotated() {
			return "annotated";
		}

		@CrossOrigin
		@PutMapping("/annotated")
		String annotatedPut() {
			return "annotated";
		}

		@CrossOrigin(exposedHeaders = "X-Total")
		@GetMapping("/annotated/exposing")
		String exposing() {
			return "exposing";
		}

		@CrossOrigin(exposedHeaders = "X-Total")
		@PutMapping("/annotated/exposing")
		String exposingPut() {
			return "exposing";
		}

		@GetMapping("/configured")
		String configured() {
			return "configured";
		}

		@PutMapping("/configured")
		String configuredPut() {
			return "configured";
		}

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
