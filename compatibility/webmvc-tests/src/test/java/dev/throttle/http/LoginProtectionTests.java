package dev.throttle.http;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The log-in protection that the documentation describes.
 */
class LoginProtectionTests {

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(LoginApplication.class, "spring.profiles.active=security",
				"throttle.rates.login=5/15min", "throttle.rates.login-address=50/15min",
				"throttle.scopes.login.count-status=401", "throttle.scopes.login-address.count-status=401",
				"throttle.filter.throttles=loginThrottle, loginAddressThrottle");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void forget() {
		application.bean(MemoryCacheBackend.class).clear();
		application.bean(LoginApplication.Passwords.class).checked.set(0);
	}

	@ParameterizedTest
	@EnumSource
	void wrongPasswordsCountAndRightOnesDoNot(Way way) {
		for (int i = 0; i < 8; i++) {
			assertThat(statusOf(way, "ada", "right")).isEqualTo(way.success);
		}
		assertThat(guesses(way, "ada", 4)).containsOnly(401);
		assertThat(statusOf(way, "ada", "right")).isEqualTo(way.success);
		assertThat(guesses(way, " Ada ", 3)).containsExactly(401, 429, 429);
		assertThat(statusOf(way, "ada", "right")).isEqualTo(429);
		assertThat(statusOf(way, "grace", "right")).isEqualTo(way.success);
	}

	@ParameterizedTest
	@EnumSource
	void parallelGuessesDoNotGetThrough(Way way) {
		List<CompletableFuture<Integer>> guesses = IntStream.range(0, 100)
			.mapToObj((guess) -> CLIENT.sendAsync(request(way, "ada", "guess-" + guess), BodyHandlers.discarding())
				.thenApply(HttpResponse::statusCode))
			.toList();
		assertThat(guesses).map(CompletableFuture::join).filteredOn((status) -> status == 401).hasSize(5);
		assertThat(application.bean(LoginApplication.Passwords.class).checked).hasValue(5);
	}

	@ParameterizedTest
	@EnumSource
	void guessesForManyNamesEndAtTheLimitOfTheAddress(Way way) {
		List<Integer> statuses = IntStream.range(0, 60)
			.mapToObj((guess) -> statusOf(way, "name-" + guess, "wrong"))
			.toList();
		assertThat(statuses.subList(0, 50)).containsOnly(401);
		assertThat(statuses.subList(50, 60)).containsOnly(429);
	}

	@Test
	void requestsWithoutAPasswordAreNotCounted() {
		for (int i = 0; i < 60; i++) {
			assertThat(application.caller().get("/login").statusCode()).isEqualTo(200);
			assertThat(application.caller().with("Authorization", "Basic !").get("/secret").statusCode())
				.isEqualTo(401);
		}
		assertThat(guesses(Way.FORM, "ada", 1)).containsExactly(401);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Basic\t", "basic:", "BASICx" })
	void guessesCountHoweverTheSchemeIsSpelled(String scheme) {
		String right = request(Way.BASIC, "ada", "right").headers().firstValue("Authorization").orElseThrow();
		String wrong = request(Way.BASIC, "ada", "wrong").headers().firstValue("Authorization").orElseThrow();
		assertThat(statusOf("Authorization", scheme + right.substring(6))).as("a password").isEqualTo(200);
		List<Integer> statuses = IntStream.range(0, 6)
			.mapToObj((guess) -> statusOf("Authorization", scheme + wrong.substring(6)))
			.toList();
		assertThat(statuses).containsExactly(401, 401, 401, 401, 401, 429);
	}

	private int statusOf(String header, String value) {
		return application.caller().with(header, value).get("/secret").statusCode();
	}

	@Test
	void formWithoutANameHidesNoOtherCredentials() {
		HttpRequest basic = request(Way.BASIC, "ada", "wrong");
		HttpRequest both = HttpRequest.newBuilder(basic, (name, value) -> true)
			.uri(basic.uri().resolve("/login"))
			.POST(BodyPublishers.noBody())
			.build();
		List<Integer> statuses = IntStream.range(0, 6)
			.mapToObj((guess) -> CLIENT.sendAsync(both, BodyHandlers.discarding()).join().statusCode())
			.toList();
		assertThat(statuses).containsExactly(401, 401, 401, 401, 401, 429);
	}

	@Test
	void otherCredentialsDoNotHideThoseOfTheForm() {
		List<Integer> statuses = IntStream.range(0, 6).mapToObj((guess) -> {
			HttpRequest form = request(Way.FORM, "ada", "guess-" + guess);
			HttpRequest basic = request(Way.BASIC, "name-" + guess, "wrong");
			HttpRequest both = HttpRequest.newBuilder(form, (name, value) -> true)
				.header("Authorization", basic.headers().firstValue("Authorization").orElseThrow())
				.build();
			return CLIENT.sendAsync(both, BodyHandlers.discarding()).join().statusCode();
		}).toList();
		assertThat(statuses).containsExactly(401, 401, 401, 401, 401, 429);
	}

	@Test
	void documentationShowsTheseThrottles() throws IOException {
		String page = Files.readString(Path.of("../../docs/log-in.md"));
		String start = page.substring(page.indexOf("```java") + "```java".length());
		Path sources = Path.of("../webmvc-tests/src/test/java/dev/throttle/http");
		assertThat(words(Files.readString(sources.resolve("LoginThrottles.java"))).replace("static class", "class"))
			.contains(words(start.substring(0, start.indexOf("```"))));
		String form = "formLogin((form) -> form.failureHandler((request, response, failure) -> response.setStatus(401)))";
		assertThat(page).contains(form);
		assertThat(Files.readString(sources.resolve("LoginApplication.java"))).contains(form);
	}

	private static String words(String text) {
		return text.strip().replaceAll("\\s+", " ");
	}

	private List<Integer> guesses(Way way, String user, int times) {
		return IntStream.range(0, times).mapToObj((guess) -> statusOf(way, user, "guess-" + guess)).toList();
	}

	private int statusOf(Way way, String user, String password) {
		return CLIENT.sendAsync(request(way, user, password), BodyHandlers.discarding()).join().statusCode();
	}

	private HttpRequest request(Way way, String user, String password) {
		String origin = "http://127.0.0.1:" + application.port("local.server.port");
		return switch (way) {
			case BASIC -> HttpRequest.newBuilder(URI.create(origin + "/secret"))
				.header("Authorization",
						"Basic " + Base64.getEncoder()
							.encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)))
				.build();
			case FORM -> HttpRequest.newBuilder(URI.create(origin + "/login"))
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(BodyPublishers.ofString("username=" + URLEncoder.encode(user, StandardCharsets.UTF_8)
						+ "&password=" + URLEncoder.encode(password, StandardCharsets.UTF_8)))
				.build();
		};
	}

	/**
	 * How a user logs in.
	 */
	enum Way {

		BASIC(200), FORM(302);

		private final int success;

		Way(int success) {
			this.success = success;
		}

	}

}
