package dev.throttle.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottleEngine#settle}.
 */
class SettleTests {

	private static final Client ALICE = Client.user("alice");

	private static final Executor WORKERS = (task) -> {
		throw new AssertionError("A worker is asked though nothing blocks");
	};

	private final RateRegistry rates = new RateRegistry(
			Rates.of(Map.of("login", "5/15min", "tokens", "9/min, 20/day", "closed", "0/min")));

	private final SettledBackend backend = new SettledBackend();

	private final SettledBackend other = new SettledBackend();

	private final List<String> told = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void close() {
		this.rates.close();
	}

	@Test
	void allScopesOfARequestAreSettledInOneCall() {
		Decision decision = decide(count("login", 1), count("tokens", 4));
		settle(decision, (quota) -> 0);
		assertThat(this.backend.settled).containsExactly(List.of("login 1 -> 0", "tokens tokens-day 4 -> 0"));
		assertThat(remaining("login")).containsExactly(5L);
		assertThat(remaining("tokens")).containsExactly(9L, 20L);
		assertThat(this.told).containsExactly("login 0 SETTLED", "tokens 0 SETTLED");
	}

	@Test
	void nothingIsAskedWhereTheReservedCostIsTheTrueOne() {
		Decision decision = decide(count("login", 1), count("tokens", 4));
		settle(decision, QuotaResult::cost);
		assertThat(this.backend.settled).isEmpty();
		assertThat(this.told).isEmpty();
		settle(decision, (quota) -> 0);
		assertThat(this.backend.settled).isEmpty();
	}

	@Test
	void whatCountsFromNowIsTakenAgainBeforeItIsGivenBackAndNobodyIsTold() {
		var unused = engine(Accounting.ALL_OR_NOTHING).countFromNow(decide(count("login", 1), count("tokens", 4)),
				WORKERS);
		assertThat(this.backend.settled).containsExactly(List.of("login 1 -> 2"), List.of("login 1 -> 0"),
				List.of("tokens tokens-day 4 -> 8"), List.of("tokens tokens-day 4 -> 0"));
		assertThat(remaining("login")).containsExactly(4L);
		assertThat(this.told).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whatIsNotTakenAgainIsNotGivenBack(Failure failure) {
		Decision decision = decide(count("login", 1));
		this.backend.failure = failure;
		assertThat(engine(Accounting.ALL_OR_NOTHING).countFromNow(decision, WORKERS)).isCompleted();
		this.backend.failure = null;
		assertThat(this.backend.settled).isEmpty();
		assertThat(remaining("login")).containsExactly(4L);
	}

	@Test
	void onlyScopesThatDifferAreSettled() {
		settle(decide(count("login", 1), count("tokens", 4)),
				(quota) -> quota.policy().name().equals("tokens") ? 7 : quota.cost());
		assertThat(this.backend.settled).containsExactly(List.of("tokens tokens-day 4 -> 7"));
		assertThat(remaining("login")).containsExactly(4L);
		assertThat(remaining("tokens")).containsExactly(2L, 13L);
		assertThat(this.told).containsExactly("tokens 7 SETTLED");
	}

	@Test
	void everyBackendGetsOneCall() {
		AppliedThrottles throttles = new AppliedThrottles(
				List.of(step(0, count("login", 1), this.backend), step(1, count("tokens", 4), this.other),
						step(2, count("tokens", 3), this.backend), step(3, count("login", 2), this.other)));
		Decision decision = engine(Accounting.ALL_OR_NOTHING).decide(new MockThrottleRequest(), throttles);
		settle(decision, (quota) -> 0);
		assertThat(this.backend.settled).containsExactly(List.of("login 1 -> 0", "tokens tokens-day 3 -> 0"));
		assertThat(this.other.settled).containsExactly(List.of("tokens tokens-day 4 -> 0", "login 2 -> 0"));
	}

	@Test
	void quotaThatIsLeftOpenIsSettledLater() {
		Decision decision = decide(count("login", 1), count("tokens", 4));
		settle(decision, (quota) -> quota.policy().name().equals("login") ? 0 : -1);
		settle(decision, (quota) -> 2);
		settle(decision, (quota) -> 0);
		assertThat(this.backend.settled).containsExactly(List.of("login 1 -> 0"), List.of("tokens tokens-day 4 -> 2"));
	}

	@Test
	void quotaIsSettledOnceThoughManyThreadsSettleIt() {
		for (int round = 0; round < 50; round++) {
			this.backend.settled.clear();
			Decision decision = decide(count("login", 1), count("tokens", 4));
			CompletableFuture<?>[] threads = IntStream.range(0, 64)
				.mapToObj((index) -> CompletableFuture.runAsync(() -> settle(decision, (quota) -> 0)))
				.toArray(CompletableFuture<?>[]::new);
			CompletableFuture.allOf(threads).join();
			assertThat(this.backend.settled.stream().flatMap(List::stream)).containsExactlyInAnyOrder("login 1 -> 0",
					"tokens tokens-day 4 -> 0");
			assertThat(remaining("login")).containsExactly(5L);
			assertThat(remaining("tokens")).containsExactly(9L, 20L);
		}
	}

	@Test
	void deniedRequestHasNothingToSettle() {
		Decision decision = decide(count("login", 1), count("closed", 1));
		assertThat(decision.isAllowed()).isFalse();
		settle(decision, (quota) -> 0);
		assertThat(this.backend.settled).isEmpty();
	}

	@Test
	void deniedRequestThatCountedAgainstOthersIsGivenBack() {
		Decision decision = decide(Accounting.INDEPENDENT, count("login", 1), count("closed", 1));
		assertThat(decision.isAllowed()).isFalse();
		assertThat(remaining("login")).containsExactly(4L);
		settle(decision, (quota) -> 0);
		assertThat(this.backend.settled).containsExactly(List.of("login 1 -> 0"));
		assertThat(remaining("login")).containsExactly(5L);
	}

	@Test
	void shadowsAreSettledToo() {
		this.rates.update((rates) -> rates.withShadowRates(Scope.of("login"), Rate.parseAll("2/min, 3/hour")));
		settle(decide(count("login", 1)), (quota) -> 0);
		assertThat(this.backend.settled).containsExactly(List.of("login 1 -> 0", "~login login-hour 1 -> 0"));
		assertThat(decide(count("login", 1)).shadowResults()).extracting((shadow) -> shadow.outcome().remaining())
			.containsExactly(1L, 2L);
	}

	@Test
	void eachClientOfAScopeIsSettledByItself() {
		Decision decision = decide(count("tokens", 4), (request) -> Verdict.count("tokens", Client.user("bob"), 3));
		settle(decision, (quota) -> quota.client().equals(ALICE) ? 1 : 2);
		assertThat(this.backend.settled)
			.containsExactly(List.of("tokens tokens-day 4 -> 1", "tokens tokens-day 3 -> 2"));
	}

	@ParameterizedTest
	@EnumSource
	void reservationStandsIfTheBackendFails(Failure failure) {
		Decision decision = decide(count("login", 1), count("tokens", 4));
		this.backend.failure = failure;
		settle(decision, (quota) -> 0);
		assertThat(this.told).containsExactly("login 0 LOST", "tokens 0 LOST");
		this.backend.failure = null;
		settle(decision, (quota) -> 0);
		assertThat(this.backend.settled).isEmpty();
		assertThat(remaining("login")).containsExactly(4L);
	}

	@Test
	void failureOfOneBackendDoesNotAffectAnother() {
		AppliedThrottles throttles = new AppliedThrottles(
				List.of(step(0, count("login", 1), this.backend), step(1, count("tokens", 4), this.other)));
		Decision decision = engine(Accounting.ALL_OR_NOTHING).decide(new MockThrottleRequest(), throttles);
		this.backend.failure = Failure.THROWN;
		settle(decision, (quota) -> 0);
		assertThat(this.told).containsExactly("login 0 LOST", "tokens 0 SETTLED");
	}

	@Test
	void listenersAreToldWhatBecameOfAReservation() {
		Decision decision = decide(count("login", 1));
		this.backend.clock.advance(Duration.ofMinutes(15));
		settle(decision, (quota) -> 0);
		assertThat(this.told).containsExactly("login 0 GONE");
	}

	@Test
	void workerTellsListenersOfAnAnswerThatComesLater() {
		Decision decision = decide(count("login", 1));
		CompletableFuture<List<Settlement.Result>> answer = new CompletableFuture<>();
		this.backend.later = answer;
		Queue<Runnable> tasks = new ArrayDeque<>();
		CompletableFuture<Void> settled = engine(Accounting.ALL_OR_NOTHING).settle(List.of(decision), (quota) -> 0,
				tasks::add);
		answer.complete(List.of(Settlement.Result.SETTLED));
		assertThat(this.told).isEmpty();
		tasks.remove().run();
		assertThat(this.told).containsExactly("login 0 SETTLED");
		assertThat(settled).isCompleted();
	}

	@Test
	void settlementDoesNotFailIfNoWorkerTellsOfIt() {
		Decision decision = decide(count("login", 1));
		CompletableFuture<List<Settlement.Result>> answer = new CompletableFuture<>();
		this.backend.later = answer;
		CompletableFuture<Void> settled = engine(Accounting.ALL_OR_NOTHING).settle(List.of(decision), (quota) -> 0,
				(task) -> {
					throw new RejectedExecutionException();
				});
		answer.complete(List.of(Settlement.Result.SETTLED));
		assertThat(settled).isCompleted();
		assertThat(this.told).isEmpty();
	}

	private void settle(Decision decision, ToLongFunction<QuotaResult> trueCost) {
		assertThat(engine(Accounting.ALL_OR_NOTHING).settle(List.of(decision), trueCost, WORKERS)).succeedsWithin(30,
				TimeUnit.SECONDS);
	}

	private List<Long> remaining(String scope) {
		Quota quota = new Quota(ALICE, this.rates.rates().policies(Scope.of(scope)), 1);
		return this.backend.peek(new QuotaGroup(List.of(quota))).stream().map(Outcome::remaining).toList();
	}

	private Decision decide(BaseThrottle... throttles) {
		return decide(Accounting.ALL_OR_NOTHING, throttles);
	}

	private Decision decide(Accounting accounting, BaseThrottle... throttles) {
		List<AppliedThrottles.Step> steps = IntStream.range(0, throttles.length)
			.mapToObj((index) -> step(index, throttles[index], this.backend))
			.toList();
		return engine(accounting).decide(new MockThrottleRequest(), new AppliedThrottles(steps));
	}

	private ThrottleEngine engine(Accounting accounting) {
		DecisionListener listener = new DecisionListener() {

			@Override
			public void settled(QuotaResult quota, long settled, Settlement.Result result) {
				SettleTests.this.told.add(quota.policy().name() + " " + settled + " " + result);
			}

		};
		return new ThrottleEngine(accounting, this.rates, SecretIdents.withRandomKey(), List.of(listener));
	}

	private static AppliedThrottles.Step step(int index, BaseThrottle throttle, CacheBackend backend) {
		return new AppliedThrottles.Step("throttle" + index, throttle, backend);
	}

	private static BaseThrottle count(String scope, long cost) {
		return (request) -> Verdict.count(scope, ALICE, cost);
	}

	/**
	 * How a backend fails.
	 */
	enum Failure {

		THROWN, ANSWERED

	}

	/**
	 * Counts in memory, and keeps what is settled.
	 */
	private static final class SettledBackend implements CacheBackend {

		private final ThrottleClock clock = new ThrottleClock();

		private final MemoryCacheBackend memory = MemoryCacheBackend.builder().clock(this.clock).build();

		private final List<List<String>> settled = Collections.synchronizedList(new ArrayList<>());

		private volatile @Nullable Failure failure;

		private volatile @Nullable CompletableFuture<List<Settlement.Result>> later;

		SettledBackend() {
			this.memory.close();
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
			throw new AssertionError("Asked as if somebody waited");
		}

		@Override
		public CompletionStage<List<Settlement.Result>> settleAsync(List<Settlement> settlements, Executor workers) {
			if (this.failure == Failure.THROWN) {
				throw new IllegalStateException("down");
			}
			if (this.failure == Failure.ANSWERED) {
				return CompletableFuture.failedFuture(new IllegalStateException("down"));
			}
			this.settled.add(settlements.stream().map(SettledBackend::text).toList());
			CompletableFuture<List<Settlement.Result>> later = this.later;
			return (later != null) ? later : this.memory.settleAsync(settlements, workers);
		}

		private static String text(Settlement settlement) {
			List<String> names = settlement.quota().policies().stream().map(Policy::name).toList();
			return (settlement.quota().isShadow() ? "~" : "") + String.join(" ", names) + " "
					+ settlement.quota().cost() + " -> " + settlement.cost();
		}

		@Override
		public void reset(Client client, Scope scope) {
			this.memory.reset(client, scope);
		}

	}

}
