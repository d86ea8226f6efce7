package dev.throttle.http;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The filter before authentication in an application with Spring Security.
 */
class FilterSecurityTests {

	static final String ORIGIN = "https://app.example";

	@Test
	void guessedPasswordsReachSecurityOnlyAsOftenAsTheAddressMay() {
		try (RunningApplication application = start("throttle.rates.address=20/min")) {
			Caller guesser = application.caller();
			Map<Integer, Long> answers = IntStream.range(0, 1000)
				.mapToObj((guess) -> as(guesser, "amy", "guess-" + guess).get("/secret").statusCode())
				.collect(Collectors.groupingBy((status) -> status, Collectors.counting()));
			assertThat(answers).isEqualTo(Map.of(401, 20L, 429, 980L));
			assertThat(application.bean(Passwords.class).asked).hasValue(20);
			HttpResponse<String> denied = as(guesser, "amy", "correct").get("/secret");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().firstValue("WWW-Authenticate")).isEmpty();
		}
	}

	@Test
	void whatSecurityForbidsIsCounted() {
		try (RunningApplication application = start("throttle.rates.address=2/min")) {
			Caller amy = as(application.caller(), "amy", "correct");
			assertThat(amy.get("/forbidden").statusCode()).isEqualTo(403);
			assertThat(amy.get("/secret").body()).isEqualTo("secret");
			assertThat(amy.get("/forbidden").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void answerOfSecurityHasTheHeaders() {
		try (RunningApplication application = start("throttle.rates.address=2/min")) {
			HttpResponse<String> refused = application.caller().get("/secret");
			assertThat(refused.statusCode()).isEqualTo(401);
			assertThat(refused.headers().firstValue("X-RateLimit-Remaining")).hasValue("1");
		}
	}

	@Test
	void headersTellOfTheQuotaWithTheLeastShareInTheFilterAndAtTheHandler() {
		try (RunningApplication application = start("throttle.rates.address=4/min", "throttle.rates.user=3/min",
				"throttle.headers=both")) {
			Caller amy = as(application.caller(), "amy", "correct");
			HttpResponse<String> first = amy.get("/secret");
			assertThat(first.headers().allValues("X-RateLimit-Limit")).containsExactly("3");
			assertThat(first.headers().allValues("X-RateLimit-Remaining")).containsExactly("2");
			assertThat(first.headers().firstValue("RateLimit-Policy").orElseThrow()).contains("\"address\"",
					"\"user\"");
			assertThat(amy.get("/unknown").headers().allValues("X-RateLimit-Limit")).containsExactly("4");
			HttpResponse<String> third = amy.get("/secret");
			assertThat(third.headers().allValues("X-RateLimit-Limit")).containsExactly("4");
			assertThat(third.headers().allValues("X-RateLimit-Remaining")).containsExactly("1");
		}
	}

	@Test
	void rulesOfSecurityLetScriptsReadADenial() {
		try (RunningApplication application = start("throttle.rates.address=1/min")) {
			Caller script = application.caller().with("Origin", ORIGIN);
			for (int i = 0; i < 3; i++) {
				assertThat(script.with("Access-Control-Request-Method", "GET").send("OPTIONS", "/secret").statusCode())
					.isEqualTo(200);
			}
			assertThat(script.get("/secret").statusCode()).isEqualTo(401);
			HttpResponse<String> denied = script.get("/secret");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Access-Control-Allow-Origin")).containsExactly(ORIGIN);
			assertThat(String.join(", ", denied.headers().allValues("Access-Control-Expose-Headers")))
				.contains("Retry-After", "X-RateLimit-Remaining");
			assertThat(application.caller().with("Origin", "https://evil.example").get("/secret").statusCode())
				.isEqualTo(403);
		}
	}

	static Caller as(Caller caller, String user, String password) {
		byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
		return caller.with("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
	}

	/**
	 * Return the authorities of a user, one of which may be in the name after a hyphen.
	 */
	static String[] authorities(String user) {
		return ("ROLE_USER," + user.substring(user.indexOf('-') + 1)).split(",");
	}

	private static RunningApplication start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("spring.profiles.active=security");
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ SecurityRules.class, Passwords.class, Secrets.class })
	static class Application {

	}

	/**
	 * Knows which password is correct, and how often it was asked.
	 */
	static class Passwords {

		private final AtomicInteger asked = new AtomicInteger();

		boolean isCorrect(Object password) {
			this.asked.incrementAndGet();
			return "correct".equals(password);
		}

		int asked() {
			return this.asked.get();
		}

	}

	@RestController
	static class Secrets {

		@GetMapping("/secret")
		String secret() {
			return "secret";
		}

	}

}
