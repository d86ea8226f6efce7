package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scopes that count a request by the status of its answer.
 */
class CountStatusTests {

	private static final String[] PROPERTIES = { "throttle.rates.login=5/min", "throttle.scopes.login.count-status=401",
			"throttle.rates.user=1000/min", "throttle.rates.address=100000/min",
			"throttle.scopes.address.count-status=401, 5xx", "throttle.filter.exclude-paths=/excluded", "throttle.client.num-proxies=1",
			"management.endpoints.web.exposure.include=throttles", "spring.jmx.enabled=false" };

	private static RunningApplication application;

	private static CountingBackend backend;

	private static final AtomicInteger addresses = new AtomicInteger();

	private final String address = "192.0.2." + addresses.incrementAndGet();

	private final Caller caller = application.caller().asNewcomer().with("X-Forwarded-For", this.address);

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, PROPERTIES);
		backend = application.bean(CountingBackend.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void onlyFailedLoginsUseUpTheLimit() {
		for (int i = 0; i < 20; i++) {
			assertThat(login("right").statusCode()).isEqualTo(200);
			awaitUsed("login", 0);
		}
		for (int i = 1; i <= 5; i++) {
			assertThat(login("wrong").statusCode()).isEqualTo(401);
		}
		HttpResponse<String> denied = login("right");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(50L, 60L);
		assertThat(used("login")).isEqualTo(5);
	}

	@Test
	void successGivesItsOwnPermitBackAndNoOther() {
		login("wrong");
		login("wrong");
		login("right");
		awaitUsed("login", 2);
	}

	@Test
	void scopeWithoutTheSettingCountsEveryAnswer() {
		login("right");
		login("wrong");
		awaitUsed("login", 1);
		assertThat(used("user")).isEqualTo(2);
	}

	@Test
	void headersSayWhatWasLeftWhenTheRequestWasAdmitted() {
		assertThat(login("right").headers().firstValue("X-RateLimit-Remaining")).hasValue("4");
		awaitUsed("login", 0);
		assertThat(login("right").headers().firstValue("X-RateLimit-Remaining")).hasValue("4");
	}

	@Test
	void scopesOfFilterAndHandlerAreSettledByOneCall() {
		login("right");
		awaitSettlements(List.of("address", "login"));
	}

	@Test
	void nothingIsCalledForAnAnswerThatCounts() {
		login("wrong");
		login("right");
		awaitSettlements(List.of("address", "login"));
	}

	@Test
	void handlerWhosePathTheFilterExcludesIsSettled() {
		this.caller.get("/excluded");
		awaitSettlements(List.of("login"));
	}

	@Test
	void requestThatNoHandlerCountsIsSettledInTheFilter() {
		this.caller.get("/unknown");
		awaitSettlements(List.of("address"));
	}

	@Test
	void denialAtAHandlerGivesBackWhatTheFilterHasTaken() {
		for (int i = 0; i < 5; i++) {
			login("wrong");
		}
		assertThat(login("right").statusCode()).isEqualTo(429);
		awaitSettlements(List.of("address"));
	}

	@Test
	void answerDoesNotWaitForTheSettlement() {
		backend.isHanging = true;
		try {
			assertThat(login("right").statusCode()).isEqualTo(200);
			awaitSettlements(List.of("address", "login"));
		}
		finally {
			backend.isHanging = false;
		}
		assertThat(used("login")).as("what is not settled counts").isEqualTo(1);
	}

	@Test
	void failureOfASettlementChangesNoAnswer() {
		backend.isFailing = true;
		try {
			assertThat(login("right").statusCode()).isEqualTo(200);
			assertThat(login("wrong").statusCode()).isEqualTo(401);
		}
		finally {
			backend.isFailing = false;
		}
	}

	@Test
	void parallelGuessesAreAdmittedExactlyAsOftenAsTheRateSays() {
		List<Integer> statuses = Stream.generate(() -> this.caller.getAsync("/login?password=wrong"))
			.limit(64)
			.toList()
			.stream()
			.map((answer) -> answer.join().statusCode())
			.toList();
		assertThat(statuses).filteredOn((status) -> status == 401).hasSize(5);
		assertThat(statuses).filteredOn((status) -> status == 429).hasSize(59);
		assertThat(used("login")).isEqualTo(5);
	}

	@Test
	void deniedRequestIsGivenBackWhereTheAccountingIsIndependent() {
		String[] independent = Stream
			.concat(Stream.of(PROPERTIES),
					Stream.of("throttle.accounting=independent", "throttle.scopes.user.count-status=401"))
			.toArray(String[]::new);
		try (RunningApplication other = RunningApplication.start(Application.class, independent)) {
			Caller newcomer = other.caller().asNewcomer();
			CountingBackend backend = other.bean(CountingBackend.class);
			assertThat(newcomer.get("/closed").statusCode()).isEqualTo(429);
			await().untilAsserted(() -> assertThat(backend.settlements(newcomer.user(), "127.0.0.1"))
				.containsExactly(List.of("address", "user")));
		}
	}

	private HttpResponse<String> login(String password) {
		return this.caller.get("/login?password=" + password);
	}

	/**
	 * Wait for the only call that settles the requests of the caller.
	 */
	private void awaitSettlements(List<String> scopes) {
		await().untilAsserted(
				() -> assertThat(backend.settlements(this.caller.user(), this.address)).containsExactly(scopes));
	}

	private void awaitUsed(String scope, int used) {
		await().untilAsserted(() -> assertThat(used(scope)).isEqualTo(used));
	}

	private int used(String scope) {
		String body = application.caller().get("/actuator/throttles/" + scope + "?client=user:" + this.caller.user()).body();
		return Integer.parseInt(body.replaceAll("(?s).*\"used\":(\\d+).*", "$1"));
	}

	private static ConditionFactory await() {
		return Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.atMost(Duration.ofSeconds(15));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		CountingBackend cacheBackend() {
			return new CountingBackend();
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/login")
		@Throttle(scope = "login")
		String login(@RequestParam String password) {
			if (!password.equals("right")) {
				throw new ResponseStatusException(HttpStatus.UNAUTHORIZED);
			}
			return "welcome";
		}

		@GetMapping("/excluded")
		@Throttle(scope = "login")
		String excluded() {
			return "excluded";
		}

		@GetMapping("/closed")
		@Throttle(scope = "closed", rate = "0/min")
		String closed() {
			return "closed";
		}

	}

	/**
	 * Counts in memory as a backend that blocks, and keeps which scopes it was asked to
	 * settle.
	 */
	static class CountingBackend implements CacheBackend {

		private final MemoryCacheBackend memory = MemoryCacheBackend.builder().build();

		private final List<List<Settlement>> settlements = new ArrayList<>();

		private volatile boolean isHanging;

		private volatile boolean isFailing;

		/**
		 * Return which scopes of some clients were settled, by each call.
		 */
		synchronized List<List<String>> settlements(String... clients) {
			return this.settlements.stream()
				.map((call) -> call.stream()
					.map(Settlement::quota)
					.filter((quota) -> List.of(clients).contains(quota.client().ident()))
					.map((quota) -> quota.policies().get(0).scope().name())
					.sorted()
					.toList())
				.filter((call) -> !call.isEmpty())
				.toList();
		}

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			return this.memory.decide(groups);
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			return this.memory.peek(group);
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			return this.memory.settle(settlements);
		}

		@Override
		public CompletionStage<List<Settlement.Result>> settleAsync(List<Settlement> settlements, Executor workers) {
			boolean isHanging = this.isHanging;
			synchronized (this) {
				this.settlements.add(settlements);
			}
			if (this.isFailing) {
				throw new IllegalStateException("The backend fails");
			}
			return isHanging ? new CompletableFuture<>()
					: CompletableFuture.supplyAsync(() -> settle(settlements), workers);
		}

		@Override
		public void reset(Client client, Scope scope) {
			this.memory.reset(client, scope);
		}

	}

}
