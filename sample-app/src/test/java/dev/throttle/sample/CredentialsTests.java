package dev.throttle.sample;

import java.net.http.HttpResponse;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Passwords, tokens and keys in the hands of somebody who is up to no good.
 */
@Tag("integration")
class CredentialsTests {

	private static final AtomicInteger ADDRESSES = new AtomicInteger();

	private static Sample sample;

	private final String address = "198.51.100." + ADDRESSES.incrementAndGet();

	@BeforeAll
	static void start() {
		sample = Sample.start("--throttle.rates.signup=1000/min", "--throttle.rates.account=1000/min",
				"--throttle.rates.login=1000/min", "--throttle.client.num-proxies=1");
	}

	@AfterAll
	static void close() {
		sample.close();
	}

	@Test
	void basicIsNotLookedAtWhereItIsNotNeeded() {
		Developer ada = Developer.signUp(visitor(), "basic");
		for (String password : List.of("alice", "wrong")) {
			Visitor alice = visitor().as("alice", password);
			for (String path : List.of("/", "/page.js", "/ping", "/actuator/health", "/actuator/prometheus")) {
				assertThat(alice.get(path).statusCode()).as(path).isEqualTo(200);
			}
			assertThat(alice.get("/nowhere").statusCode()).isEqualTo(404);
			assertThat(Developer.login(alice, "basic", ada.password()).statusCode()).isEqualTo(200);
			assertThat(alice.with("X-API-Key", ada.apiKey()).get("/books").statusCode()).isEqualTo(200);
		}
		assertThat(visitor().as("alice", "wrong").get("/articles").statusCode()).as("counted by name").isEqualTo(401);
	}

	@Test
	void developersPasswordIsGuessedThroughTheLogInOnly() {
		Developer ada = Developer.signUp(visitor(), "guessed");
		assertThat(visitor().as("guessed", ada.password()).get("/articles").statusCode()).isEqualTo(401);
	}

	@Test
	void refreshTokenIsTakenOnce() {
		String first = tokens(Developer.signUp(visitor(), "once").login(), "refreshToken");
		HttpResponse<String> renewed = refresh(first);
		String second = tokens(renewed, "refreshToken");
		assertThat(second).isNotEqualTo(first);
		String third = tokens(refresh(second), "refreshToken");
		assertThat(refresh(second).statusCode()).isEqualTo(401);
		assertThat(refresh(third).statusCode()).as("the log-in has ended").isEqualTo(401);
	}

	@Test
	void refreshTokenThatComesAgainEndsNoOtherLogIn() {
		Developer ada = Developer.signUp(visitor(), "twice");
		String atHome = tokens(ada.login(), "refreshToken");
		String atWork = tokens(ada.login(), "refreshToken");
		assertThat(refresh(atHome).statusCode()).isEqualTo(200);
		assertThat(refresh(atHome).statusCode()).isEqualTo(401);
		assertThat(refresh(atWork).statusCode()).isEqualTo(200);
	}

	@Test
	void passwordIsComparedToItsEnd() {
		String longest = "0123456789".repeat(7) + "ab";
		assertThat(signUp("longest", longest).statusCode()).isEqualTo(201);
		assertThat(Developer.login(visitor(), "longest", longest).statusCode()).isEqualTo(200);
		HttpResponse<String> longer = Developer.login(visitor(), "longest", longest + "c");
		assertThat(longer.statusCode()).isEqualTo(400);
		assertThat(JsonPath.<String>read(longer.body(), "$.errors[0].message"))
			.isEqualTo("must be at most 72 bytes long");
		assertThat(longer.body()).as("does not tell whether there is such a user")
			.isEqualTo(Developer.login(visitor(), "nobody", longest + "c").body());
	}

	@Test
	void blankPasswordIsRefused() {
		for (String blank : List.of(" ".repeat(8), "\u00a0".repeat(8), "\u3000".repeat(8), "\\t \\n ".repeat(2))) {
			HttpResponse<String> answer = signUp("blank", blank);
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
			assertThat(JsonPath.<List<String>>read(answer.body(), "$.errors[*].message"))
				.containsExactly("must not be blank");
		}
		assertThat(signUp("spaces", "a       ").statusCode()).as("what is not blank").isEqualTo(201);
	}

	@Test
	void newKeyContinuesTheCount() {
		Developer ada = Developer.signUp(visitor(), "replacing");
		List<Integer> statuses = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			statuses.addAll(ada.withApiKey().statuses("/books", 2));
			ada = ada.withNewApiKey();
		}
		assertThat(statuses).filteredOn((status) -> status == 200).hasSize(5);
		assertThat(statuses).filteredOn((status) -> status == 429).hasSize(15);
	}

	@Test
	void onlyTheOwnerCanReadTheDatabase() throws Exception {
		assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
		Path file = sample.temporary().resolve("sample.mv.db");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
	}

	@Test
	void pageMayRunItsOwnScriptsOnly() {
		for (String path : List.of("/", "/index.html", "/articles", "/users/nowhere", "/ping")) {
			assertThat(visitor().get(path).headers().allValues("Content-Security-Policy")).as(path)
				.singleElement()
				.asString()
				.contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
				.doesNotContain("unsafe");
		}
	}

	private Visitor visitor() {
		return sample.visitor().with("X-Forwarded-For", this.address);
	}

	private HttpResponse<String> signUp(String username, String password) {
		return visitor().send("POST", "/users/signup",
				"{\"username\":\"%s\",\"email\":\"a@example.org\",\"password\":\"%s\"}".formatted(username, password));
	}

	private HttpResponse<String> refresh(String token) {
		return visitor().send("POST", "/users/login/refresh", "{\"refreshToken\":\"" + token + "\"}");
	}

	private static String tokens(HttpResponse<String> answer, String name) {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return JsonPath.read(answer.body(), "$." + name);
	}

}
