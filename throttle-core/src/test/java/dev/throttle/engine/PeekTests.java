package dev.throttle.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is left of the quotas of a request, without counting it.
 */
class PeekTests {

	private static final Client ALICE = Client.user("alice");

	private final ThrottleRequest request = new MockThrottleRequest().withUser("alice")
		.withScopes("uploads", "downloads")
		.withCost("downloads", 2);

	private final MemoryCacheBackend memory = MemoryCacheBackend.builder().clock(() -> 0).build();

	private final RateRegistry rates = new RateRegistry(
			Rates.of(Map.of("user", "3/min, 9/day", "uploads", "2/hour", "downloads", "5/hour")));

	private final List<String> events = new ArrayList<>();

	private final WatchedBackend backend = new WatchedBackend();

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.INDEPENDENT, this.rates,
			SecretIdents.withRandomKey(), List.of(new WatchingListener()));

	@AfterEach
	void close() {
		this.memory.close();
		this.rates.close();
	}

	@ParameterizedTest
	@EnumSource
	void eachQuotaIsShownAndNothingIsCounted(Driver driver) {
		AppliedThrottles throttles = throttles(new UserRateThrottle(), new ScopedRateThrottle());
		driver.decide(this.engine, this.request, throttles);
		this.events.clear();
		for (int i = 0; i < 10; i++) {
			assertThat(texts(driver.peek(this.engine, this.request, throttles))).containsExactly("user 2 of 3",
					"user-day 8 of 9", "uploads 1 of 2", "downloads 3 of 5");
		}
		assertThat(this.events).hasSize(10).containsOnly("peek at 3");
	}

	@ParameterizedTest
	@EnumSource
	void aRequestThatCostsMoreIsShownAsOneThatCostsOne(Driver driver) {
		AppliedThrottles throttles = throttles(new ScopedRateThrottle(),
				(request) -> Verdict.count("user", ALICE, 1_000));
		Decision shown = driver.peek(this.engine, this.request, throttles);
		assertThat(shown.isAllowed()).isTrue();
		assertThat(shown.results()).extracting(QuotaResult::cost).containsOnly(1L);
	}

	@ParameterizedTest
	@EnumSource
	void aQuotaOfSeveralThrottlesIsShownOnce(Driver driver) {
		AppliedThrottles throttles = throttles((request) -> Verdict.count("uploads", ALICE), new UserRateThrottle(),
				(request) -> Verdict.count("up-loads", ALICE),
				(request) -> Verdict.count("uploads", Client.user("bob")));
		assertThat(texts(driver.peek(this.engine, this.request, throttles))).containsExactly("uploads 2 of 2",
				"user 3 of 3", "user-day 9 of 9", "uploads 2 of 2");
	}

	@ParameterizedTest
	@EnumSource
	void shadowsAreNotAskedFor(Driver driver) {
		this.rates.update((rates) -> rates.withShadowScopes(List.of(Scope.of("uploads"), Scope.of("downloads")))
			.withShadowRates(Scope.of("user"), Rate.parseAll("1/s")));
		Decision shown = driver.peek(this.engine, this.request,
				throttles(new ScopedRateThrottle(), new UserRateThrottle()));
		assertThat(texts(shown)).containsExactly("user 3 of 3", "user-day 9 of 9");
		assertThat(shown.shadowResults()).isEmpty();
		assertThat(this.events).containsExactly("peek at 1");
	}

	@ParameterizedTest
	@EnumSource
	void eachBackendIsAskedOnce(Driver driver) {
		WatchedBackend other = new WatchedBackend();
		AppliedThrottles throttles = new AppliedThrottles(List.of(
				new AppliedThrottles.Step("user", new UserRateThrottle(), this.backend),
				new AppliedThrottles.Step("uploads", (request) -> Verdict.count("uploads", ALICE), other),
				new AppliedThrottles.Step("downloads", (request) -> Verdict.count("downloads", ALICE), this.backend)));
		assertThat(texts(driver.peek(this.engine, this.request, throttles))).containsExactly("user 3 of 3",
				"user-day 9 of 9", "uploads 2 of 2", "downloads 5 of 5");
		assertThat(this.events).containsExactly("peek at 2", "peek at 1");
	}

	@ParameterizedTest
	@EnumSource
	void thePlanOfTheClientIsShown(Driver driver) {
		this.rates.update((rates) -> rates.withPlan("pro", false, Map.of(Scope.of("user"), Rate.parseAll("600/min"))));
		ThrottleEngine withPlans = this.engine.withPlans((request) -> {
			this.events.add("plan of " + request.user());
			return "pro";
		});
		Decision shown = driver.peek(withPlans, this.request, throttles(new UserRateThrottle()));
		assertThat(texts(shown)).containsExactly("user 600 of 600");
		assertThat(shown.plan()).isEqualTo("pro");
		assertThat(this.events).containsExactly("plan of alice", "peek at 1");
	}

	@ParameterizedTest
	@EnumSource
	void throttlesThatDoNotCountMakeNoDifference(Driver driver) {
		AppliedThrottles throttles = throttles((request) -> Verdict.deny(Duration.ofDays(1)), new UserRateThrottle(),
				(request) -> Verdict.allow(() -> this.events.add("released")));
		assertThat(texts(driver.peek(this.engine, this.request, throttles))).containsExactly("user 3 of 3",
				"user-day 9 of 9");
		assertThat(this.events).containsExactly("peek at 1", "released");
	}

	@ParameterizedTest
	@EnumSource
	void backendThatMustNotAnswerUncountedDoesNotAnswer(Driver driver) {
		this.backend.failure = new BackendUnavailableException(Duration.ofSeconds(1));
		assertThatExceptionOfType(BackendUnavailableException.class)
			.isThrownBy(() -> driver.peek(this.engine, this.request, throttles(new UserRateThrottle())));
		assertThat(this.events).containsExactly("peek at 1");
	}

	@ParameterizedTest
	@EnumSource
	void disabledEngineShowsNothing(Driver driver) {
		ThrottleEngine off = ThrottleEngine.off(Accounting.ALL_OR_NOTHING, this.rates, SecretIdents.withRandomKey());
		assertThat(driver.peek(off, this.request, throttles(new UserRateThrottle())).results()).isEmpty();
		assertThat(this.events).isEmpty();
	}

	private AppliedThrottles throttles(BaseThrottle... throttles) {
		List<AppliedThrottles.Step> steps = new ArrayList<>();
		for (BaseThrottle throttle : throttles) {
			steps.add(new AppliedThrottles.Step("throttle" + steps.size(), throttle, this.backend));
		}
		return new AppliedThrottles(steps);
	}

	private static List<String> texts(Decision shown) {
		return shown.results()
			.stream()
			.map((result) -> result.policy().name() + " " + result.outcome().remaining() + " of "
					+ result.policy().rate().limit())
			.toList();
	}

	private final class WatchedBackend implements CacheBackend {

		private BackendUnavailableException failure;

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			PeekTests.this.events.add("decide");
			return PeekTests.this.memory.decide(groups);
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			PeekTests.this.events.add("peek at " + group.quotas().size());
			if (this.failure != null) {
				throw this.failure;
			}
			return PeekTests.this.memory.peek(group);
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
			throw new UnsupportedOperationException();
		}

	}

	private final class WatchingListener implements DecisionListener {

		@Override
		public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
			PeekTests.this.events.add("decided");
		}

		@Override
		public void refused(ThrottleRequest request, AppliedThrottles throttles, List<QuotaResult> asked,
				BackendUnavailableException cause) {
			PeekTests.this.events.add("refused");
		}

	}

}
