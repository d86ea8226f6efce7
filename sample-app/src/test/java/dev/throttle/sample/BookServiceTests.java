package dev.throttle.sample;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The way of a developer through the sample, over HTTP.
 */
@Tag("integration")
class BookServiceTests {

	private static final AtomicInteger ADDRESSES = new AtomicInteger();

	private static Sample sample;

	private final String address = "203.0.113." + ADDRESSES.incrementAndGet();

	@TempDir
	Path data;

	@BeforeAll
	static void start() {
		sample = Sample.start("--throttle.rates.signup=1000/min", "--throttle.rates.address=10000/min",
				"--throttle.client.num-proxies=1");
	}

	@AfterAll
	static void close() {
		sample.close();
	}

	@Test
	void developerSignsUpAndIsLimitedByTheKey() {
		Developer ada = Developer.signUp(visitor(), "ada");
		Developer grace = Developer.signUp(visitor(), "grace");
		HttpResponse<String> written = ada.withApiKey().send("POST", "/books", "{\"title\":\"Notes on the engine\"}");
		assertThat(written.statusCode()).isEqualTo(201);
		assertThat(written.headers().firstValue("X-RateLimit-Remaining")).hasValue("4");
		assertThat(read(written, "$.author")).isEqualTo("ada");
		assertThat(ada.visitor().with("Authorization", "Bearer " + ada.apiKey()).get("/books").body())
			.isEqualTo("[" + written.body() + "]");
		assertThat(ada.visitor().with("Authorization", ada.apiKey()).get("/books").statusCode()).isEqualTo(200);
		assertThat(ada.withApiKey().statuses("/books", 2)).containsOnly(200);
		HttpResponse<String> sixth = ada.withApiKey().get("/books");
		assertThat(sixth.statusCode()).isEqualTo(429);
		assertThat(sixth.headers().allValues("Retry-After")).containsExactly("60");
		assertThat(sixth.body()).contains("\"violated-policies\":[\"api_key\"]").doesNotContain(ada.apiKey());
		assertThat(ada.withApiKey().send("POST", "/books", "{\"title\":\"Two\"}").statusCode()).isEqualTo(429);
		assertThat(grace.withApiKey().get("/books").body()).as("one sees one's own").isEqualTo("[]");
	}

	@Test
	void keyIsShownInFullOnlyWhenItIsMade() {
		Developer ada = Developer.signUp(visitor(), "alonzo");
		String shown = ada.withAccessToken().get("/users/api-key").body();
		assertThat(shown).doesNotContain(ada.apiKey()).contains("\"prefix\":\"tsk_\"");
		assertThat(ada.apiKey()).startsWith("tsk_").endsWith(JsonPath.<String>read(shown, "$.lastFour"));
		assertThat(sample.context()
			.getBean(JdbcTemplate.class)
			.queryForMap("select * from api_keys where username = 'alonzo'")
			.values()).doesNotContain(ada.apiKey());
		assertThat(sample.context()
			.getBean(JdbcTemplate.class)
			.queryForMap("select * from users where username = 'alonzo'")
			.values()).doesNotContain(ada.password());
	}

	@Test
	void booksAskForAKey() {
		Visitor anyone = visitor();
		assertThat(anyone.get("/books").statusCode()).isEqualTo(400);
		assertThat(anyone.as("alice", "alice").get("/books").statusCode()).isEqualTo(400);
		assertThat(anyone.with("X-API-Key", "tsk_no").get("/books").statusCode()).isEqualTo(401);
		HttpResponse<String> unknown = anyone.with("X-API-Key", "tsk_" + "A".repeat(43)).get("/books");
		assertThat(unknown.statusCode()).isEqualTo(401);
		assertThat(unknown.headers().allValues("WWW-Authenticate")).containsExactly("ApiKey");
	}

	@Test
	void signUpNamesTheFieldsThatAreWrong() {
		HttpResponse<String> answer = visitor().send("POST", "/users/signup",
				"{\"username\":\"a b\",\"email\":\"nowhere\",\"password\":\"short\"}");
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(read(answer, "$.errors[*].field")).isEqualTo(List.of("email", "password", "username"));
		HttpResponse<String> nothing = visitor().send("POST", "/users/signup", "{}");
		assertThat(read(nothing, "$.errors[*].field")).isEqualTo(List.of("email", "password", "username"));
		HttpResponse<String> tooLong = visitor().send("POST", "/users/signup",
				"{\"username\":\"ada\",\"email\":\"ada@example.org\",\"password\":\"" + "ä".repeat(37) + "\"}");
		assertThat(tooLong.statusCode()).isEqualTo(400);
		assertThat(read(tooLong, "$.errors[0].message")).isEqualTo("must be at most 72 bytes long");
	}

	@Test
	void ofManyWhoWantOneNameAtOnceOneHasIt() throws Exception {
		List<Integer> statuses = atOnce(16,
				() -> visitor()
					.send("POST", "/users/signup",
							"{\"username\":\"Alan\",\"email\":\"a@example.org\",\"password\":\"long enough\"}")
					.statusCode());
		assertThat(statuses).filteredOn((status) -> status == 201).hasSize(1);
		assertThat(statuses).filteredOn((status) -> status == 409).hasSize(15);
		assertThat(visitor()
			.send("POST", "/users/signup",
					"{\"username\":\"alice\",\"email\":\"a@example.org\",\"password\":\"long enough\"}")
			.statusCode()).as("a basic user's").isEqualTo(409);
	}

	@Test
	void ofTwoHundredRequestsWithOneKeyExactlyFiveSucceed() throws Exception {
		Visitor ada = Developer.signUp(visitor(), "barbara").withApiKey();
		List<Integer> statuses = atOnce(200, () -> ada.get("/books").statusCode());
		assertThat(statuses).filteredOn((status) -> status == 200).hasSize(5);
		assertThat(statuses).filteredOn((status) -> status == 429).hasSize(195);
	}

	@Test
	void guessingPasswordsEndsAtTheLimitOfTheUserNameAndAddress() {
		Developer ada = Developer.signUp(visitor(), "edsger");
		Visitor mallory = visitor().as("alice", "alice");
		List<Integer> statuses = IntStream.range(0, 1000)
			.mapToObj((guess) -> Developer.login(mallory, "edsger", "guess " + guess).statusCode())
			.toList();
		assertThat(statuses.subList(0, 5)).containsOnly(401);
		assertThat(statuses.subList(5, 1000)).containsOnly(429);
		assertThat(ada.login().statusCode()).as("the right password, from this address").isEqualTo(429);
		assertThat(ada.withApiKey().get("/books").statusCode()).as("the key counts for itself").isEqualTo(200);
	}

	@Test
	void tokensAreRenewedAndEachKindIsTakenForItselfOnly() {
		Developer ada = Developer.signUp(visitor(), "tony");
		String tokens = ada.login().body();
		String access = JsonPath.read(tokens, "$.accessToken");
		String refresh = JsonPath.read(tokens, "$.refreshToken");
		HttpResponse<String> renewed = refresh(visitor(), refresh);
		assertThat(renewed.statusCode()).isEqualTo(200);
		assertThat(statusOfAccount(JsonPath.read(renewed.body(), "$.accessToken"))).isEqualTo(200);
		assertThat(statusOfAccount(access)).isEqualTo(200);
		assertThat(statusOfAccount(refresh)).isEqualTo(401);
		assertThat(statusOfAccount(access + "x")).isEqualTo(401);
		assertThat(refresh(visitor(), access).statusCode()).isEqualTo(401);
		assertThat(refresh(visitor(), "x").statusCode()).isEqualTo(401);
		assertThat(visitor().as("alice", "alice").get("/users/api-key").statusCode()).isEqualTo(401);
	}

	@Test
	void restartKeepsUsersKeysBooksAndTokens() throws Exception {
		Developer ada;
		Visitor account;
		try (Sample sample = Sample.startOn(this.data)) {
			ada = Developer.signUp(sample.visitor(), "ada");
			account = ada.withAccessToken();
			ada.withApiKey().send("POST", "/books", "{\"title\":\"Kept\"}");
		}
		String key = Files.readString(this.data.resolve("token.key"));
		try (Sample sample = Sample.startOn(this.data)) {
			assertThat(Files.readString(this.data.resolve("token.key"))).isEqualTo(key);
			Visitor visitor = sample.visitor();
			assertThat(visitor.with("X-API-Key", ada.apiKey()).get("/books").body()).contains("Kept");
			assertThat(Developer.login(visitor, "ADA", ada.password()).statusCode()).isEqualTo(200);
			assertThat(account.at(visitor.port()).get("/users/api-key").statusCode()).isEqualTo(200);
		}
		try (Stream<Path> files = Files.list(this.data)) {
			assertThat(files.map((file) -> file.getFileName().toString())).contains("sample.mv.db", "token.key");
		}
	}

	@Test
	void keyThatHasBeenReplacedIsDeadOnEveryInstance() {
		try (Sample first = Sample.startOn(this.data); Sample second = Sample.startOn(this.data)) {
			Developer before = Developer.signUp(first.visitor(), "ada");
			assertThat(second.visitor().with("X-API-Key", before.apiKey()).get("/books").statusCode()).isEqualTo(200);
			Developer after = before.withNewApiKey();
			for (Sample instance : List.of(first, second)) {
				Visitor visitor = instance.visitor();
				assertThat(visitor.with("X-API-Key", before.apiKey()).get("/books").statusCode()).isEqualTo(401);
				assertThat(visitor.with("X-API-Key", after.apiKey()).get("/books").statusCode()).isEqualTo(200);
			}
		}
	}

	@Test
	void healthAndMetricsAreOpenAndNotThrottled() {
		assertThat(visitor().statuses("/actuator/health", 6)).containsOnly(200);
		assertThat(visitor().statuses("/actuator/prometheus", 6)).containsOnly(200);
		assertThat(visitor().get("/actuator/prometheus").body()).contains("http_server_requests_seconds");
		assertThat(visitor().get("/actuator/env").statusCode()).isEqualTo(401);
		assertThat(visitor().as("alice", "alice").get("/actuator/env").statusCode()).isEqualTo(403);
	}

	/**
	 * Return a visitor from an address that no other test uses.
	 */
	private Visitor visitor() {
		return sample.visitor().with("X-Forwarded-For", this.address);
	}

	private int statusOfAccount(String token) {
		return visitor().with("Authorization", "Bearer " + token).get("/users/api-key").statusCode();
	}

	private static HttpResponse<String> refresh(Visitor visitor, String token) {
		return visitor.send("POST", "/users/login/refresh", "{\"refreshToken\":\"" + token + "\"}");
	}

	private static Object read(HttpResponse<String> answer, String path) {
		return JsonPath.read(answer.body(), path);
	}

	private static <T> List<T> atOnce(int times, Callable<T> request) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(times);
		try {
			CyclicBarrier start = new CyclicBarrier(times);
			List<Future<T>> futures = IntStream.range(0, times).mapToObj((i) -> threads.submit(() -> {
				start.await();
				return request.call();
			})).toList();
			List<T> answers = new ArrayList<>();
			for (Future<T> future : futures) {
				answers.add(future.get());
			}
			return answers;
		}
		finally {
			threads.shutdownNow();
		}
	}

}
