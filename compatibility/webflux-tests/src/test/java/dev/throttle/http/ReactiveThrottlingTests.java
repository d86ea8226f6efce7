package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;

import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.Unthrottled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is throttled on WebFlux, and what the client sees of it.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "throttle.rates.user=2/min", "throttle.rates.scarce=1/hour", "spring.webflux.base-path=/base",
				"spring.webflux.problemdetails.enabled=true", "throttle.exclude-paths=/excluded/**",
				"spring.web.resources.static-locations=classpath:/pages/" })
class ReactiveThrottlingTests {

	private final Caller anyone;

	ReactiveThrottlingTests(@LocalServerPort int port) {
		this.anyone = Caller.of(port);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain", "/mono", "/flux", "/sse", "/void", "/empty", "/slow", "/route", "/nested/route",
			"/failing", "/failing/mono" })
	void everyHandlerIsCountedOnce(String path) {
		Caller caller = this.anyone.asNewcomer();
		assertThat(caller.remaining("/base" + path)).isEqualTo(1);
		assertThat(caller.remaining("/base" + path)).isZero();
		assertThat(caller.get("/base" + path).statusCode()).isEqualTo(429);
	}

	@Test
	void deniedRequestIsAnsweredWithAProblem() {
		Caller caller = this.anyone.asNewcomer();
		caller.get("/base/mono");
		caller.get("/base/mono");
		HttpResponse<String> denied = caller.get("/base/mono?page=2");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().allValues("Retry-After")).containsExactly("60");
		assertThat(denied.headers().allValues("Cache-Control")).containsExactly("no-store");
		assertThat(denied.headers().allValues("X-RateLimit-Limit")).containsExactly("2");
		assertThat(denied.headers().allValues("X-RateLimit-Remaining")).containsExactly("0");
		assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
		assertThat(denied.body())
			.isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
					+ "\"title\":\"Too Many Requests\",\"status\":429,"
					+ "\"detail\":\"Request was throttled. Expected available in 60 seconds.\","
					+ "\"instance\":\"/base/mono\",\"violated-policies\":[\"user\"]}");
	}

	@Test
	void declaredScopeIsCountedInAddition() {
		Caller caller = this.anyone.asNewcomer();
		assertThat(caller.get("/base/scarce").statusCode()).isEqualTo(200);
		HttpResponse<String> denied = caller.get("/base/scarce");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.body()).contains("\"violated-policies\":[\"scarce\"]");
		assertThat(caller.remaining("/base/mono")).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/unthrottled", "/excluded/handler", "/excluded/route", "/page.txt" })
	void otherRequestsAreNotCounted(String path) {
		Caller caller = this.anyone.asNewcomer();
		for (int i = 0; i < 3; i++) {
			HttpResponse<String> response = caller.get("/base" + path);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("X-RateLimit-Limit")).isEmpty();
		}
		assertThat(caller.remaining("/base/mono")).isEqualTo(1);
	}

	@Test
	void deniedRequestDoesNotReachItsHandler() {
		Caller caller = this.anyone.asNewcomer();
		caller.post("/base/stored", "[1]");
		caller.post("/base/stored", "[2]");
		int before = Handlers.stored;
		assertThat(caller.post("/base/stored", "[3]").statusCode()).isEqualTo(429);
		assertThat(Handlers.stored).isEqualTo(before);
	}

	@Test
	void requestThatItsHandlerFindsTooManyIsAnsweredAlike() {
		HttpResponse<String> response = this.anyone.asNewcomer().get("/base/too-many");
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().allValues("Retry-After")).containsExactly("3");
		assertThat(response.body()).contains("Expected available in 3 seconds.");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route()
				.GET("/route", (request) -> ServerResponse.ok().bodyValue("route"))
				.GET("/excluded/route", (request) -> ServerResponse.ok().bodyValue("excluded"))
				.path("/nested", (nested) -> nested.GET("/route", (request) -> ServerResponse.ok().bodyValue("nested")))
				.build();
		}

	}

	@RestController
	static class Handlers {

		private static volatile int stored;

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/mono")
		Mono<String> mono() {
			return Mono.just("mono");
		}

		@GetMapping("/flux")
		Flux<String> flux() {
			return Flux.just("a", "b");
		}

		@GetMapping(path = "/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<Long> events() {
			return Flux.just(1L, 2L, 3L).delayElements(Duration.ofMillis(1));
		}

		@GetMapping("/void")
		void nothing() {
		}

		@GetMapping("/empty")
		Mono<Void> empty() {
			return Mono.empty();
		}

		@GetMapping("/slow")
		Mono<String> slow() {
			return Mono.delay(Duration.ofMillis(2)).thenReturn("slow");
		}

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("The handler fails");
		}

		@GetMapping("/failing/mono")
		Mono<String> failingLater() {
			return Mono.error(new IllegalStateException("The handler fails"));
		}

		@GetMapping("/scarce")
		@Throttle(scope = "scarce")
		Mono<String> scarce() {
			return Mono.just("scarce");
		}

		@GetMapping("/unthrottled")
		@Unthrottled
		Mono<String> unthrottled() {
			return Mono.just("unthrottled");
		}

		@GetMapping("/excluded/handler")
		Mono<String> excluded() {
			return Mono.just("excluded");
		}

		@PostMapping("/stored")
		Mono<Void> store(Mono<byte[]> body) {
			stored++;
			return Mono.empty();
		}

		@GetMapping("/too-many")
		Mono<String> tooMany() {
			return Mono.error(new ThrottledException(Duration.ofMillis(2001)));
		}

	}

}
