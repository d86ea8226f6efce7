package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;

import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the client sees of a request that is admitted, denied, or found too many by its
 * handler.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = { "throttle.rates.user=2/min",
		"spring.messages.basename=translations", "spring.messages.fallback-to-system-locale=false" })
class DenialTests {

	private static final String QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

	private final Caller anyone;

	private Caller caller;

	DenialTests(@LocalServerPort int port) {
		this.anyone = Caller.of(port);
	}

	@BeforeEach
	void callAsNewcomer() {
		this.caller = this.anyone.asNewcomer();
	}

	private void useUp() {
		assertThat(this.caller.get("/plain").statusCode()).isEqualTo(200);
		assertThat(this.caller.get("/plain").statusCode()).isEqualTo(200);
	}

	@Test
	void admittedRequestIsToldWhatIsLeft() {
		HttpResponse<String> first = this.caller.get("/plain");
		assertThat(header(first, "X-RateLimit-Limit")).isEqualTo("2");
		assertThat(header(first, "X-RateLimit-Remaining")).isEqualTo("1");
		assertThat(header(this.caller.get("/plain"), "X-RateLimit-Remaining")).isEqualTo("0");
		assertThat(first.headers().firstValue("Retry-After")).isEmpty();
		assertThat(first.headers().firstValue("Cache-Control")).isEmpty();
		assertThat(first.headers().firstValue("RateLimit")).isEmpty();
		assertThat(first.body()).isEqualTo("plain");
	}

	@Test
	void resetIsWhenTheNextPermitIsFreeInSecondsSinceTheEpoch() {
		long before = Instant.now().getEpochSecond();
		HttpResponse<String> admitted = this.caller.get("/plain");
		long after = Instant.now().getEpochSecond() + 1;
		assertThat(Long.parseLong(header(admitted, "X-RateLimit-Reset"))).isBetween(before + 60, after + 60);
	}

	@Test
	void deniedRequestIsAnsweredWithAProblem() {
		useUp();
		HttpResponse<String> denied = this.caller.get("/plain?page=2");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(header(denied, "Retry-After")).isEqualTo("60");
		assertThat(header(denied, "Cache-Control")).isEqualTo("no-store");
		assertThat(header(denied, "Content-Type")).isEqualTo("application/problem+json");
		assertThat(header(denied, "Content-Length")).isEqualTo(Integer.toString(denied.body().length()));
		assertThat(header(denied, "X-RateLimit-Limit")).isEqualTo("2");
		assertThat(header(denied, "X-RateLimit-Remaining")).isEqualTo("0");
		assertThat(Long.parseLong(header(denied, "X-RateLimit-Reset"))).isGreaterThan(Instant.now().getEpochSecond());
		assertThat(denied.body()).isEqualTo("{\"type\":\"" + QUOTA_EXCEEDED + "\",\"title\":\"Too Many Requests\","
				+ "\"status\":429,\"detail\":\"Request was throttled. Expected available in 60 seconds.\","
				+ "\"instance\":\"/plain\",\"violated-policies\":[\"user\"]}");
	}

	@Test
	void problemNamesEachPolicyThatIsViolated() {
		assertThat(this.caller.get("/scarce").statusCode()).isEqualTo(200);
		assertThat(this.caller.get("/plain").statusCode()).isEqualTo(200);
		HttpResponse<String> denied = this.caller.get("/scarce");
		assertThat(denied.body()).contains("\"violated-policies\":[\"user\",\"scarce\"]")
			.contains("Expected available in 3600 seconds.");
		assertThat(header(denied, "Retry-After")).isEqualTo("3600");
		assertThat(header(denied, "X-RateLimit-Limit")).isEqualTo("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/xml", "image/png", "application/json", "nonsense" })
	void deniedRequestIsAnsweredWithAProblemWhateverItAccepts(String accepted) {
		useUp();
		HttpResponse<String> denied = this.caller.with("Accept", accepted).get("/plain");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(header(denied, "Content-Type")).isEqualTo("application/problem+json");
		assertThat(denied.body()).startsWith("{\"type\":");
	}

	@Test
	void deniedHeadHasTheHeadersOfTheProblemAndNoBody() {
		useUp();
		String body = this.caller.get("/plain").body();
		HttpResponse<String> denied = this.caller.send("HEAD", "/plain");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(header(denied, "Retry-After")).isEqualTo("60");
		assertThat(header(denied, "Content-Length")).isEqualTo(Integer.toString(body.length()));
		assertThat(denied.body()).isEmpty();
	}

	@Test
	void headAndPostAreCountedLikeGet() {
		HttpResponse<String> head = this.caller.send("HEAD", "/plain");
		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(header(head, "X-RateLimit-Remaining")).isEqualTo("1");
		assertThat(header(this.caller.send("POST", "/plain"), "X-RateLimit-Remaining")).isEqualTo("0");
		assertThat(this.caller.send("POST", "/plain").statusCode()).isEqualTo(429);
	}

	@Test
	void requestThatNoHandlerTakesIsNotCounted() {
		assertThat(this.caller.send("DELETE", "/plain").statusCode()).isEqualTo(405);
		assertThat(this.caller.send("OPTIONS", "/plain").statusCode()).isEqualTo(200);
		assertThat(this.caller.get("/nowhere").statusCode()).isEqualTo(404);
		assertThat(header(this.caller.get("/plain"), "X-RateLimit-Remaining")).isEqualTo("1");
	}

	@ParameterizedTest
	@CsvSource({ "/failing, 500", "/conflict, 409" })
	void failedRequestIsToldWhatIsLeft(String path, int status) {
		HttpResponse<String> failed = this.caller.get(path);
		assertThat(failed.statusCode()).isEqualTo(status);
		assertThat(header(failed, "X-RateLimit-Remaining")).isEqualTo("1");
	}

	@Test
	void denialThatTheHandlerThrowsIsAnsweredAlike() {
		HttpResponse<String> response = this.caller.get("/too-many");
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().firstValue("Retry-After")).isEmpty();
		assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
		assertThat(header(response, "X-RateLimit-Remaining")).isEqualTo("1");
		assertThat(response.body()).isEqualTo("{\"type\":\"about:blank\",\"title\":\"Too Many Requests\","
				+ "\"status\":429,\"detail\":\"Request was throttled.\",\"instance\":\"/too-many\"}");
	}

	@Test
	void denialThatTheHandlerThrowsTellsTheWait() {
		HttpResponse<String> response = this.caller.get("/too-many/wait");
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(header(response, "Retry-After")).isEqualTo("3");
		assertThat(response.body()).contains("\"detail\":\"Request was throttled. Expected available in 3 seconds.\"");
	}

	@Test
	void problemIsTranslated() {
		useUp();
		HttpResponse<String> denied = this.caller.with("Accept-Language", "de-DE").get("/plain");
		assertThat(denied.body()).contains("\"title\":\"Zu viele Anfragen\"")
			.contains("\"detail\":\"Zu früh. Wieder möglich in 60 Sekunden.\"");
		assertThat(header(denied, "Content-Type")).isEqualTo("application/problem+json");
		assertThat(this.caller.with("Accept-Language", "fr").get("/plain").body())
			.contains("Request was throttled. Expected available in 60 seconds.");
	}

	@Test
	void problemOfOneSecondAndOfNoKnownWaitAreTranslated() {
		Caller german = this.caller.with("Accept-Language", "de");
		assertThat(german.get("/too-many/second").body())
			.contains("\"detail\":\"Zu früh. Wieder möglich in 1 Sekunde.\"");
		assertThat(german.get("/too-many").body()).contains("\"detail\":\"Zu früh.\"");
	}

	@Test
	void problemDetailsOfSpringPlayNoPart() {
		try (RunningApplication application = RunningApplication.start(Application.class, "throttle.rates.user=0/min",
				"spring.mvc.problemdetails.enabled=true", "spring.webflux.problemdetails.enabled=true", "spring.messages.use-code-as-default-message=true",
				"spring.messages.basename=translations", "spring.messages.fallback-to-system-locale=false")) {
			HttpResponse<String> denied = application.caller().as("anyone").get("/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
			assertThat(denied.body()).isEqualTo("{\"type\":\"" + QUOTA_EXCEEDED + "\",\"title\":\"Too Many Requests\","
					+ "\"status\":429,\"detail\":\"Request was throttled. The limit never allows it, so waiting does not help.\","
					+ "\"instance\":\"/plain\",\"violated-policies\":[\"user\"]}");
		}
	}

	private static String header(HttpResponse<String> response, String name) {
		assertThat(response.headers().allValues(name)).as(name).hasSize(1);
		return response.headers().firstValue(name).orElseThrow();
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

		@PostMapping("/plain")
		String post() {
			return "posted";
		}

		@GetMapping("/scarce")
		@Throttle(scope = "scarce", rate = "1/hour")
		String scarce() {
			return "scarce";
		}

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("The handler fails");
		}

		@GetMapping("/conflict")
		String conflict() {
			throw new ResponseStatusException(HttpStatus.CONFLICT);
		}

		@GetMapping("/too-many")
		String tooMany() {
			throw new ThrottledException();
		}

		@GetMapping("/too-many/wait")
		String tooManyForAWhile() {
			throw new ThrottledException(Duration.ofMillis(2001));
		}

		@GetMapping("/too-many/second")
		String tooManyForASecond() {
			throw new ThrottledException(Duration.ofMillis(1));
		}

	}

}
