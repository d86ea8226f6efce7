package dev.throttle.sample;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Wrong passwords, which count, and right ones, which do not.
 */
@Tag("integration")
class LoginProtectionTests {

	private static final AtomicInteger ADDRESSES = new AtomicInteger();

	private static Sample sample;

	private final String address = "198.51.100." + ADDRESSES.incrementAndGet();

	@BeforeAll
	static void start() {
		sample = Sample.start("--throttle.rates.signup=1000/min", "--throttle.rates.user=1000/min",
				"--throttle.rates.address=10000/min", "--throttle.client.num-proxies=1");
	}

	@AfterAll
	static void close() {
		sample.close();
	}

	@Test
	void rightPasswordsCountForNothing() {
		Developer ada = Developer.signUp(visitor(), "right");
		for (int i = 0; i < 8; i++) {
			assertThat(ada.login().statusCode()).isEqualTo(200);
		}
	}

	@Test
	void rightPasswordGivesItsOwnPermitBackAndClearsNothingElse() {
		Developer ada = Developer.signUp(visitor(), "between");
		assertThat(guesses(visitor(), "between", 4)).containsOnly(401);
		assertThat(ada.login().statusCode()).isEqualTo(200);
		assertThat(ada.login().statusCode()).isEqualTo(200);
		assertThat(guesses(visitor(), "between", 3)).containsExactly(401, 429, 429);
		HttpResponse<String> denied = ada.login();
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Retry-After")).hasValue("900");
		assertThat(denied.headers().firstValue("X-RateLimit-Limit")).isEmpty();
		assertThat(denied.body()).contains("\"violated-policies\":[\"login\"]");
	}

	@Test
	void accountOfOnesOwnClearsNoCount() {
		Developer.signUp(visitor(), "victim");
		Developer own = Developer.signUp(visitor(), "attacker");
		assertThat(guesses(visitor(), "victim", 6)).containsExactly(401, 401, 401, 401, 401, 429);
		assertThat(own.login().statusCode()).as("another name").isEqualTo(200);
		assertThat(guesses(visitor(), "VICTIM", 1)).as("another spelling").containsExactly(429);
	}

	@Test
	void guessesElsewhereLockNobodyOut() {
		Developer ada = Developer.signUp(visitor(), "elsewhere");
		assertThat(guesses(sample.visitor().with("X-Forwarded-For", "203.0.113.200"), "elsewhere", 6)).endsWith(401,
				429);
		assertThat(ada.login().statusCode()).isEqualTo(200);
	}

	@Test
	void guessesForManyNamesEndAtTheLimitOfTheAddress() {
		List<Integer> statuses = IntStream.range(0, 60)
			.mapToObj((guess) -> Developer.login(visitor(), "name-" + guess, "password").statusCode())
			.toList();
		assertThat(statuses.subList(0, 50)).containsOnly(401);
		assertThat(statuses.subList(50, 60)).containsOnly(429);
		assertThat(visitor().get("/articles").statusCode()).as("no login").isEqualTo(200);
	}

	@Test
	void ofAHundredGuessesAtOnceExactlyFiveAreChecked() throws Exception {
		Developer ada = Developer.signUp(visitor(), "at-once");
		ExecutorService threads = Executors.newFixedThreadPool(20);
		try {
			List<Future<Integer>> guesses = IntStream.range(0, 100)
				.mapToObj((guess) -> threads
					.submit(() -> Developer.login(visitor(), "at-once", "guess " + guess).statusCode()))
				.toList();
			int checked = 0;
			for (Future<Integer> guess : guesses) {
				checked += (guess.get() == 401) ? 1 : 0;
			}
			assertThat(checked).isEqualTo(5);
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(ada.login().statusCode()).isEqualTo(429);
	}

	@Test
	void wrongPasswordsOfHttpBasicCountToo() {
		for (int i = 0; i < 12; i++) {
			assertThat(visitor().as("alice", "alice").get("/articles").statusCode()).isEqualTo(200);
		}
		assertThat(visitor().as("alice", "wrong").statuses("/articles", 4)).containsOnly(401);
		assertThat(visitor().as("alice", "alice").get("/articles").statusCode()).isEqualTo(200);
		assertThat(visitor().as("Alice", "wrong").statuses("/articles", 2)).containsExactly(401, 429);
		assertThat(visitor().as("bob", "bob").get("/articles").statusCode()).isEqualTo(200);
	}

	@Test
	void wrongPasswordsOfHttpBasicCountHoweverTheSchemeIsSpelled() {
		String wrong = Base64.getEncoder().encodeToString("alice:wrong".getBytes(StandardCharsets.UTF_8));
		Visitor guesser = visitor().with("Authorization", "basic:" + wrong);
		assertThat(guesser.statuses("/articles", 6)).containsExactly(401, 401, 401, 401, 401, 429);
	}

	@Test
	void requestsThatAreNoLoginsAreNotCounted() {
		for (int i = 0; i < 60; i++) {
			assertThat(visitor().send("POST", "/users/login", "{\"username\":").statusCode()).isEqualTo(400);
			assertThat(visitor().with("Authorization", "Basic !").get("/articles").statusCode()).isEqualTo(401);
			assertThat(visitor().get("/users/api-key").statusCode()).isEqualTo(401);
		}
		assertThat(guesses(visitor(), "counted", 1)).containsExactly(401);
	}

	@Test
	void bodyThatIsLongerThanAnyLoginIsRefused() {
		String padded = " ".repeat(4096) + "{\"username\":\"padded\",\"password\":\"guess\"}";
		HttpResponse<String> refused = visitor().send("POST", "/users/login", padded);
		assertThat(refused.statusCode()).isEqualTo(413);
		assertThat(refused.headers().allValues("Content-Type")).containsExactly("application/problem+json");
	}

	/**
	 * The throttles would see broken JSON, but the login a name.
	 */
	@Test
	void bodyThatIsNotInUtf8IsRefused() {
		Developer.signUp(visitor(), "latin");
		byte[] login = "{\"username\":\"latin\",\"password\":\"gu\u00e9ss\"}".getBytes(StandardCharsets.ISO_8859_1);
		Visitor guesser = visitor().with("Content-Type", "application/json;charset=ISO-8859-1");
		assertThat(guesser.send("POST", "/users/login", BodyPublishers.ofByteArray(login)).statusCode()).isEqualTo(415);
	}

	private static List<Integer> guesses(Visitor visitor, String username, int times) {
		return IntStream.range(0, times)
			.mapToObj((guess) -> Developer.login(visitor, username, "guess " + guess).statusCode())
			.toList();
	}

	/**
	 * Return a visitor from an address that no other test uses.
	 */
	private Visitor visitor() {
		return sample.visitor().with("X-Forwarded-For", this.address);
	}

}
