package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottledException;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The filter before authentication.
 */
@ExtendWith(OutputCaptureExtension.class)
class FilterTests {

	static final String ORIGIN = "https://app.example";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=health";

	@Test
	void unknownPathsStaticResourcesAndOtherMethodsAreCountedAndNeverChangeADenial() {
		try (RunningApplication application = start("throttle.rates.address=4/min")) {
			Caller caller = application.caller();
			assertThat(caller.get("/nowhere").statusCode()).isEqualTo(404);
			assertThat(caller.get("/files/page.txt").statusCode()).isEqualTo(200);
			assertThat(caller.send("DELETE", "/plain").statusCode()).isEqualTo(405);
			assertThat(caller.get("/plain").body()).isEqualTo("plain");
			for (HttpResponse<String> denied : List.of(caller.get("/nowhere"), caller.get("/files/page.txt"),
					caller.send("DELETE", "/plain"), caller.get("/plain"))) {
				assertThat(denied.statusCode()).isEqualTo(429);
				assertThat(denied.headers().firstValue("Content-Type")).hasValue("application/problem+json");
				assertThat(denied.headers().allValues("X-RateLimit-Remaining")).containsExactly("0");
				assertThat(denied.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(55L, 60L);
				assertThat(denied.headers().firstValue("Cache-Control")).hasValue("no-store");
				assertThat(denied.body()).contains("\"violated-policies\":[\"address\"]",
						"\"instance\":\"" + denied.uri().getPath() + "\"");
			}
		}
	}

	@Test
	void proxyThatIsNotConfiguredIsWarnedOfOnceByTheFilterAndTheHandlers(CapturedOutput output) {
		try (RunningApplication application = start("throttle.rates.address=9/min", "throttle.rates.user=9/min",
				"throttle.filter.include-paths=/files/**")) {
			Caller caller = application.caller().with("X-Forwarded-For", "203.0.113.7");
			assertThat(caller.get("/files/page.txt").statusCode()).isEqualTo(200);
			assertThat(caller.get("/plain").statusCode()).isEqualTo(200);
		}
		assertThat(output).containsOnlyOnce("but no proxy is configured");
	}

	@Test
	void browserGetsTheErrorPage() {
		try (RunningApplication application = start("throttle.rates.address=0/min")) {
			HttpResponse<String> denied = application.caller().with("Accept", "text/html").get("/nowhere");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
			assertThat(denied.body()).contains("Whitelabel Error Page", "status=429");
		}
	}

	@Test
	void renderedErrorIsNotCountedAgain() {
		try (RunningApplication application = start("throttle.rates.address=9/min")) {
			assertThat(application.caller().get("/failing").statusCode()).isEqualTo(503);
			assertThat(application.caller().remaining("/plain")).isEqualTo(7);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain", "/annotated", "/files/page.txt", "/nowhere" })
	void rulesOfPathsLetScriptsReadADenial(String path) {
		try (RunningApplication application = start("throttle.rates.address=1/min")) {
			Caller script = application.caller().with("Origin", ORIGIN);
			for (int i = 0; i < 3; i++) {
				assertThat(script.with("Access-Control-Request-Method", "GET").send("OPTIONS", path).statusCode())
					.isEqualTo(200);
			}
			HttpResponse<String> allowed = script.get(path);
			assertThat(allowed.statusCode()).isNotEqualTo(429);
			assertThat(exposed(allowed)).contains("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
				.doesNotHaveDuplicates();
			HttpResponse<String> denied = script.get(path);
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Access-Control-Allow-Origin")).hasSize(1);
			assertThat(exposed(denied)).contains("Retry-After", "X-RateLimit-Remaining").doesNotHaveDuplicates();
			assertThat(script.with("Access-Control-Request-Method", "GET").send("OPTIONS", path).statusCode())
				.isEqualTo(200);
		}
	}

	@Test
	void rulesOfAFilterLetScriptsReadADenial() {
		try (RunningApplication application = RunningApplication.start(FilteringCors.class,
				"throttle.rates.address=1/min")) {
			Caller script = application.caller().with("Origin", ORIGIN);
			assertThat(script.with("Access-Control-Request-Method", "GET").send("OPTIONS", "/plain").statusCode())
				.isEqualTo(200);
			assertThat(script.get("/plain").statusCode()).isEqualTo(200);
			HttpResponse<String> denied = script.get("/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Access-Control-Allow-Origin")).containsExactly(ORIGIN);
			assertThat(exposed(denied)).contains("Retry-After", "X-RateLimit-Remaining").doesNotHaveDuplicates();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "Cookie", "X-Key" })
	void requestWithCredentialsIsNoPreflight(String header) {
		for (Class<?> source : List.of(Application.class, FilteringCors.class)) {
			try (RunningApplication application = RunningApplication.start(source, "throttle.rates.address=1/min",
					"throttle.rates.api-key=9/min", "throttle.filter.api-key-header=X-Key")) {
				Caller script = application.caller()
					.with("Origin", ORIGIN)
					.with("Access-Control-Request-Method", "GET");
				assertThat(script.send("OPTIONS", "/plain").statusCode()).isEqualTo(200);
				Caller guesser = script.with(header, "guess");
				assertThat(guesser.send("OPTIONS", "/plain").statusCode()).isEqualTo(200);
				HttpResponse<String> denied = guesser.send("OPTIONS", "/plain");
				assertThat(denied.statusCode()).isEqualTo(429);
				assertThat(denied.headers().firstValue("Retry-After")).isPresent();
				assertThat(script.send("OPTIONS", "/plain").statusCode()).isEqualTo(200);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { Application.class, FilteringCors.class })
	void originThatIsRefusedIsRefusedBeforeAndAfterTheLimit(Class<?> source) {
		try (RunningApplication application = RunningApplication.start(source, "throttle.rates.address=1/min")) {
			Caller script = application.caller().with("Origin", "https://evil.example");
			assertThat(script.get("/plain").statusCode()).isEqualTo(403);
			HttpResponse<String> refused = script.get("/plain");
			assertThat(refused.statusCode()).isEqualTo(403);
			assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
		}
	}

	@Test
	void adviceThatNamesTheDenialShapesIt() {
		try (RunningApplication application = RunningApplication.start(Shaping.class, "throttle.rates.address=0/min")) {
			HttpResponse<String> denied = application.caller().get("/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.body()).isEqualTo("[address] denies");
		}
	}

	@Test
	void generalAdviceDoesNotHideTheDenialUnlessItIsAskedTo() {
		try (RunningApplication application = RunningApplication.start(General.class, "throttle.rates.address=0/min")) {
			assertThat(application.caller().get("/plain").statusCode()).isEqualTo(429);
		}
		try (RunningApplication application = RunningApplication.start(General.class, "throttle.rates.address=0/min",
				"throttle.exception-handlers=any")) {
			assertThat(application.caller().get("/plain").statusCode()).isEqualTo(500);
		}
	}

	@Test
	void includedPathsAreThrottledInAllSpellings() {
		try (RunningApplication application = start("throttle.rates.address=0/min",
				"throttle.filter.include-paths=/files/**")) {
			assertThat(application.caller().get("/plain").statusCode()).isEqualTo(200);
			for (String path : List.of("/files/page.txt", "/%66iles/page.txt", "/files;a=b/page.txt",
					"/open/../files/page.txt")) {
				try (RawConnection connection = application.caller().connect()) {
					assertThat(connection.exchange("GET " + path).status()).as(path).isIn(400, 429);
				}
			}
		}
	}

	@Test
	void actuatorOnTheSamePortIsThrottledUnlessItIsExcluded() {
		try (RunningApplication application = start("throttle.rates.address=0/min", EXPOSED)) {
			assertThat(application.caller().get("/actuator/health").statusCode()).isEqualTo(429);
		}
		try (RunningApplication application = start("throttle.rates.address=0/min",
				"throttle.filter.exclude-paths=/actuator/**", EXPOSED)) {
			assertThat(application.caller().get("/actuator/health").statusCode()).isEqualTo(200);
			assertThat(application.caller().get("/plain").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void portOfTheActuatorIsLeftAlone() {
		try (RunningApplication application = start("throttle.rates.address=0/min", EXPOSED,
				"management.server.port=0")) {
			Caller operator = Caller.of(application.port("local.management.port"));
			assertThat(operator.get("/actuator/health").statusCode()).isEqualTo(200);
			assertThat(application.caller().get("/plain").statusCode()).isEqualTo(429);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "framework", "native" })
	void addressIsTheOneThatSpringOrTheServerReadsFromForwardedHeaders(String strategy) {
		try (RunningApplication application = start("throttle.rates.address=1/min",
				"server.forward-headers-strategy=" + strategy)) {
			assertAddressIsReadFrom("X-Forwarded-For", application);
		}
	}

	@Test
	void addressIsTheOneInTheHeaderOfATrustedProxy() {
		try (RunningApplication application = start("throttle.rates.address=1/min",
				"throttle.client.address-header=CF-Connecting-IP", "throttle.client.trusted-proxies=127.0.0.1")) {
			assertAddressIsReadFrom("CF-Connecting-IP", application);
		}
	}

	private static void assertAddressIsReadFrom(String header, RunningApplication application) {
		for (String address : List.of("203.0.113.1", "203.0.113.2")) {
			Caller caller = application.caller().with(header, address);
			assertThat(caller.get("/plain").statusCode()).isEqualTo(200);
			assertThat(caller.get("/plain").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void requestOfADeniedAddressIsNotCountedForItsKey() {
		try (RunningApplication application = start("throttle.rates.address=1/hour", "throttle.rates.api-key=2/hour",
				"throttle.filter.api-key-header=X-Key", "throttle.client.num-proxies=1")) {
			Caller key = application.caller().with("X-Key", "k");
			Caller first = key.with("X-Forwarded-For", "203.0.113.1");
			assertThat(first.get("/plain").statusCode()).isEqualTo(200);
			assertThat(first.get("/plain").body()).contains("[\"address\"]");
			assertThat(first.get("/plain").body()).contains("[\"address\"]");
			assertThat(key.with("X-Forwarded-For", "203.0.113.2").get("/plain").statusCode()).isEqualTo(200);
			assertThat(key.with("X-Forwarded-For", "203.0.113.3").get("/plain").body()).contains("[\"api-key\"]");
		}
	}

	@Test
	void releaseRunsWhenTheRequestIsOver() throws Exception {
		try (RunningApplication application = RunningApplication.start(OneAtATime.class,
				"throttle.filter.throttles=place")) {
			OneAtATime.Handlers handlers = application.bean(OneAtATime.Handlers.class);
			Semaphore places = application.bean(Semaphore.class);
			for (String path : List.of("/plain", "/nowhere", "/failing")) {
				assertThat(application.caller().get(path).statusCode()).as(path).isNotEqualTo(429);
				await().untilAsserted(() -> assertThat(places.availablePermits()).as(path).isOne());
			}
			CompletableFuture<HttpResponse<String>> waiting = application.caller().getAsync("/later");
			handlers.entered.await();
			assertThat(application.caller().get("/plain").statusCode()).isEqualTo(429);
			handlers.end.complete(ResponseEntity.ok("later"));
			assertThat(waiting.get().body()).isEqualTo("later");
			await().untilAsserted(() -> assertThat(places.availablePermits()).isOne());
		}
	}

	@Test
	void outageThatDeniesIsAnsweredWith503() {
		try (RunningApplication application = RunningApplication.start(Away.class, "throttle.rates.address=1/min")) {
			HttpResponse<String> refused = application.caller().with("Origin", ORIGIN).get("/plain");
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.headers().firstValue("Retry-After")).hasValue("7");
			assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).hasValue(ORIGIN);
			assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		}
	}

	@Test
	void startupLogNamesTheThrottlesOfTheFilter(CapturedOutput output) {
		try (RunningApplication application = start("throttle.rates.address=1/min",
				"logging.level.dev.throttle=info")) {
			assertThat(application.caller().get("/plain").statusCode()).isEqualTo(200);
			assertThat(output).contains("; before authentication: addressRateThrottle; backend: MemoryCacheBackend");
		}
	}

	@Test
	void filterIsOffWithThrottling() {
		try (RunningApplication application = start("throttle.rates.address=0/min", "throttle.enabled=false")) {
			assertThat(application.caller().get("/plain").statusCode()).isEqualTo(200);
		}
	}

	private static List<String> exposed(HttpResponse<String> response) {
		return response.headers()
			.allValues("Access-Control-Expose-Headers")
			.stream()
			.flatMap((line) -> Stream.of(line.split(",")))
			.map(String::trim)
			.toList();
	}

	private static RunningApplication start(String... properties) {
		return RunningApplication.start(Application.class, properties);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ CorsSettings.OfPaths.class, Handlers.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ CorsSettings.OfFilter.class, Handlers.class })
	static class FilteringCors {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@CrossOrigin
		@GetMapping("/annotated")
		String annotated() {
			return "annotated";
		}

		@GetMapping("/failing")
		void failing() {
			throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
		}

	}

	static class Away extends Application {

		@Bean
		CacheBackend cacheBackend() {
			return new CacheBackend() {

				@Override
				public List<Outcome> decide(List<QuotaGroup> groups) {
					throw new BackendUnavailableException(Duration.ofSeconds(7));
				}

				@Override
				public List<Outcome> peek(QuotaGroup group) {
					return decide(List.of(group));
				}

				@Override
				public List<Settlement.Result> settle(List<Settlement> settlements) {
					throw new UnsupportedOperationException();
				}

				@Override
				public void reset(Client client, Scope scope) {
				}

			};
		}

	}

	@Import(Shaping.Advice.class)
	static class Shaping extends Application {

		@RestControllerAdvice
		static class Advice {

			@ExceptionHandler
			ResponseEntity<String> denied(ThrottledException denied) {
				return ResponseEntity.status(429).body(denied.getViolatedPolicies() + " denies");
			}

		}

	}

	@Import(General.Advice.class)
	static class General extends Application {

		@RestControllerAdvice
		static class Advice {

			@ExceptionHandler
			ResponseEntity<String> failed(Exception failure) {
				return ResponseEntity.internalServerError().body("general");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(OneAtATime.Handlers.class)
	static class OneAtATime {

		@Bean
		Semaphore places() {
			return new Semaphore(1);
		}

		@Bean
		BaseThrottle place(Semaphore places) {
			return (request) -> places.tryAcquire() ? Verdict.allow(places::release) : Verdict.deny();
		}

		@Controller
		static class Handlers {

			private final CountDownLatch entered = new CountDownLatch(1);

			private final CompletableFuture<ResponseEntity<String>> end = new CompletableFuture<>();

			@GetMapping("/plain")
			ResponseEntity<String> plain() {
				return ResponseEntity.ok("plain");
			}

			@GetMapping("/failing")
			void failing() {
				throw new IllegalStateException("on purpose");
			}

			@GetMapping("/later")
			CompletableFuture<ResponseEntity<String>> later() {
				this.entered.countDown();
				return this.end;
			}

		}

	}

}
