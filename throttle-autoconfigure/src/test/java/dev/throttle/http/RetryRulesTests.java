package dev.throttle.http;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RetryRules}.
 */
class RetryRulesTests {

	private static final URI ORDERS = URI.create("https://api.example.com/orders");

	private final List<RetryOutcome> outcomes = new ArrayList<>();

	private final RetryRules.Builder builder = RetryRules.builder().listener(this.outcomes::add).random(() -> 0);

	@ParameterizedTest
	@ValueSource(ints = { 429, 503 })
	void refusedRequestIsSentAgainWhenTheServerSays(int status) {
		assertThat(call("GET").waitAfter(status, retryAfter("7"))).isEqualTo(Duration.ofSeconds(7));
		assertThat(this.outcomes).containsExactly(RetryOutcome.RETRIED);
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 301, 400, 413, 500, 502, 504 })
	void anyOtherAnswerIsTheCallers(int status) {
		assertThat(call("GET").waitAfter(status, retryAfter("7"))).isNull();
		assertThat(this.outcomes).isEmpty();
	}

	@Test
	void answerThatDoesNotSayWhenIsTheCallers() {
		assertThat(call("GET").waitAfter(429, new HttpHeaders())).isNull();
		assertThat(call("GET").waitAfter(429, retryAfter("soon"))).isNull();
		assertThat(this.outcomes).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" })
	void idempotentMethodIsSentAgain(String method) {
		assertThat(call(method).waitAfter(503, retryAfter("1"))).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PATCH", "LOCK", "get" })
	void otherMethodIsNot(String method) {
		assertThat(call(method).waitAfter(429, retryAfter("1"))).isNull();
		assertThat(this.outcomes).containsExactly(RetryOutcome.NOT_REPEATABLE);
	}

	@Test
	void otherMethodWithAnIdempotencyKeyIs() {
		HttpHeaders headers = new HttpHeaders();
		headers.set("idempotency-key", "8e03978e");
		RetryRules.Call call = begin(this.builder.build(), "POST", headers, true);
		assertThat(call.waitAfter(429, retryAfter("1"))).isNotNull();
	}

	@Test
	void bodyThatCanBeSentOnceIsNotSentAgain() {
		RetryRules.Call call = begin(this.builder.build(), "PUT", new HttpHeaders(), false);
		assertThat(call.waitAfter(429, retryAfter("1"))).isNull();
		assertThat(this.outcomes).containsExactly(RetryOutcome.NOT_REPEATABLE);
	}

	@Test
	void callIsSentAgainAsOftenAsAllowed() {
		RetryRules.Call call = begin(this.builder.maxRetries(2).build());
		assertThat(call.waitAfter(429, retryAfter("1"))).isNotNull();
		assertThat(call.waitAfter(503, retryAfter("1"))).isNotNull();
		assertThat(call.waitAfter(429, retryAfter("1"))).isNull();
		assertThat(this.outcomes).containsExactly(RetryOutcome.RETRIED, RetryOutcome.RETRIED, RetryOutcome.TOO_MANY);
	}

	@Test
	void waitsOfACallAreLimitedInSum() {
		RetryRules.Call call = begin(this.builder.maxWait(Duration.ofSeconds(10)).build());
		assertThat(call.waitAfter(429, retryAfter("6"))).isNotNull();
		assertThat(call.waitAfter(429, retryAfter("5"))).isNull();
		assertThat(this.outcomes).containsExactly(RetryOutcome.RETRIED, RetryOutcome.TOO_LONG);
	}

	@Test
	void waitsMayUseUpTheSum() {
		RetryRules.Call call = begin(this.builder.maxWait(Duration.ofSeconds(10)).random(() -> 0.99).build());
		assertThat(call.waitAfter(429, retryAfter("6"))).isNotNull();
		assertThat(call.waitAfter(429, retryAfter("4"))).isNotNull();
	}

	@Test
	void waitIsNeverShorterThanToldAndLittleLonger() {
		RetryRules rules = this.builder.random(() -> 0.5).build();
		assertThat(begin(rules).waitAfter(429, retryAfter("20"))).isEqualTo(Duration.ofSeconds(21));
		assertThat(begin(rules).waitAfter(429, retryAfter("0"))).isEqualTo(Duration.ofMillis(50));
	}

	@Test
	void tenRetriesAreSavedAtFirst() {
		RetryRules rules = this.builder.maxRetries(100).build();
		RetryRules.Call call = begin(rules);
		assertThat(retries(call)).isEqualTo(10);
		assertThat(this.outcomes).endsWith(RetryOutcome.NO_BUDGET);
	}

	@Test
	void tenRequestsPutInOneRetry() {
		RetryRules rules = this.builder.maxRetries(100).build();
		retries(begin(rules));
		IntStream.range(0, 9).forEach((i) -> begin(rules));
		assertThat(retries(begin(rules))).isEqualTo(1);
	}

	@Test
	void noMoreThanTenAreSaved() {
		RetryRules rules = this.builder.maxRetries(100).build();
		IntStream.range(0, 1000).forEach((i) -> begin(rules));
		assertThat(retries(begin(rules))).isEqualTo(10);
	}

	@Test
	void retryThatIsNotMadeIsGivenBack() {
		RetryRules rules = this.builder.maxRetries(100).build();
		RetryRules.Call call = begin(rules);
		retries(call);
		call.abandoned();
		assertThat(retries(begin(rules))).isEqualTo(1);
	}

	@Test
	void callsTogetherNeverGetMoreThanTheBudget() {
		RetryRules rules = RetryRules.builder().budget(0.5).random(() -> 0).build();
		Executor threads = (task) -> new Thread(task).start();
		List<CompletableFuture<Long>> calls = IntStream.range(0, 4)
			.mapToObj((thread) -> CompletableFuture.supplyAsync(() -> IntStream.range(0, 500)
				.mapToObj((i) -> begin(rules).waitAfter(429, retryAfter("1")))
				.filter(Objects::nonNull)
				.count(), threads))
			.toList();
		long retried = calls.stream().mapToLong(CompletableFuture::join).sum();
		// what requests put in before the first retry was taken is lost
		assertThat(retried).isBetween(1000L, 1010L);
	}

	@Test
	void hostThatIsNotNamedIsLeftAlone() {
		RetryRules rules = this.builder.hosts(List.of("*.example.org")).build();
		assertThat(rules.begin(HttpMethod.GET, ORDERS, new HttpHeaders(), true)).isNull();
	}

	@Test
	void valuesOutOfRangeAreRefused() {
		RetryRules.Builder rules = RetryRules.builder();
		assertThatIllegalArgumentException().isThrownBy(() -> rules.maxRetries(0));
		assertThatIllegalArgumentException().isThrownBy(() -> rules.maxWait(Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> rules.budget(0));
		assertThatIllegalArgumentException().isThrownBy(() -> rules.budget(1.1));
		assertThatIllegalArgumentException().isThrownBy(() -> rules.budget(Double.NaN));
	}

	private static int retries(RetryRules.Call call) {
		int retries = 0;
		while (call.waitAfter(429, retryAfter("0")) != null) {
			retries++;
		}
		return retries;
	}

	private RetryRules.Call call(String method) {
		return begin(this.builder.build(), method, new HttpHeaders(), true);
	}

	private static RetryRules.Call begin(RetryRules rules) {
		return begin(rules, "GET", new HttpHeaders(), true);
	}

	private static RetryRules.Call begin(RetryRules rules, String method, HttpHeaders headers, boolean repeatable) {
		RetryRules.@Nullable Call call = rules.begin(HttpMethod.valueOf(method), ORDERS, headers, repeatable);
		return Objects.requireNonNull(call);
	}

	private static HttpHeaders retryAfter(String value) {
		HttpHeaders headers = new HttpHeaders();
		headers.set("Retry-After", value);
		return headers;
	}

}
