package dev.throttle.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.InvalidVerdictException;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
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
 * A throttle says under which scopes it counts, the engine looks up the rates.
 */
class CountedScopesTests {

	private static final Client ALICE = Client.user("alice");

	private static final Client BOB = Client.user("bob");

	private final MemoryCacheBackend memory = MemoryCacheBackend.builder().clock(() -> 0).build();

	private final RateRegistry rates = new RateRegistry(Rates.of(Map.of("user", "3/min", "uploads", "1/hour")));

	private final List<String> events = new ArrayList<>();

	@AfterEach
	void close() {
		this.memory.close();
		this.rates.close();
	}

	@ParameterizedTest
	@EnumSource
	void scopeIsCountedInEverySpelling(Driver driver) {
		assertThat(decide(driver, (request) -> Verdict.count("UPLOADS", ALICE)).isAllowed()).isTrue();
		Decision denied = decide(driver, (request) -> Verdict.count("up-loads", ALICE));
		assertThat(denied.toException().getViolatedPolicies()).containsExactly("uploads");
	}

	@ParameterizedTest
	@EnumSource
	void nobodyIsCountedWithoutAClient(Driver driver) {
		for (int i = 0; i < 3; i++) {
			Decision decision = decide(driver, (request) -> Verdict.count("uploads", null));
			assertThat(decision.isAllowed()).isTrue();
			assertThat(decision.results()).isEmpty();
		}
		assertThat(this.memory.statistics().clients()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void scopeWithoutARateIsAnErrorOfTheThrottle(Driver driver) {
		BaseThrottle giving = (request) -> Verdict.allow(() -> this.events.add("released"));
		for (Client client : new Client[] { ALICE, null }) {
			assertThatExceptionOfType(InvalidVerdictException.class)
				.isThrownBy(() -> decide(driver, giving, (request) -> Verdict.count("bulk-downloads", client)))
				.withMessage("The throttle 'throttle1' returned an invalid verdict: it counts under the scope "
						+ "'bulk-downloads', which has no rate; set 'throttle.rates.bulk-downloads'")
				.satisfies((ex) -> assertThat(ex.getThrottle()).isEqualTo("throttle1"));
		}
		assertThat(this.events).containsExactly("released", "released");
		assertThat(this.memory.statistics().clients()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void scopeWithoutALimitAllows(Driver driver) {
		this.rates.update((rates) -> rates.with(Scope.of("uploads"), List.of()));
		for (int i = 0; i < 3; i++) {
			Decision decision = decide(driver, (request) -> Verdict.count("uploads", ALICE, 1_000));
			assertThat(decision.isAllowed()).isTrue();
			assertThat(decision.results()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void oneClientIsCountedUnderSeveralScopesTogether(Driver driver) {
		BaseThrottle throttle = (request) -> new Verdict.Count(List.of(Scope.of("user"), Scope.of("uploads")), ALICE,
				1);
		assertThat(decide(driver, throttle).isAllowed()).isTrue();
		Decision denied = decide(driver, throttle);
		assertThat(denied.denials()).hasSize(1);
		assertThat(denied.retryAfter()).isEqualTo(Duration.ofHours(1));
		assertThat(denied.results()).extracting((result) -> result.policy().name() + " " + result.outcome().remaining())
			.containsExactly("user 2", "uploads 0");
	}

	@ParameterizedTest
	@EnumSource
	void costIsThatOfTheScopeUnlessTheThrottleSaysOtherwise(Driver driver) {
		ThrottleRequest request = new MockThrottleRequest().withCost("user", 2).withCost("uploads", 0);
		assertThat(decide(driver, request, (asked) -> Verdict.count("user", ALICE)).results())
			.extracting(QuotaResult::cost)
			.containsExactly(2L);
		assertThat(decide(driver, request, (asked) -> Verdict.count("user", BOB, 3)).results())
			.extracting(QuotaResult::cost)
			.containsExactly(3L);
		assertThat(decide(driver, request, (asked) -> Verdict.count("uploads", ALICE)).results()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void rateThatAThrottleBringsIsCounted(Driver driver) {
		UserRateThrottle burst = new UserRateThrottle("burst", "2/s");
		this.rates.declare(burst.ownRates(), "the throttle 'burst'");
		assertThat(decide(driver, burst).isAllowed()).isTrue();
		assertThat(decide(driver, burst).isAllowed()).isTrue();
		assertThat(decide(driver, burst).toException().getViolatedPolicies()).containsExactly("burst");
	}

	@ParameterizedTest
	@EnumSource
	void requestIsDecidedByTheRatesAtItsBeginning(Driver driver) {
		BaseThrottle changing = (request) -> {
			this.rates.update((rates) -> rates.with(Scope.of("user"), Rate.parseAll("9/min")));
			return Verdict.allow();
		};
		Decision decision = decide(driver, changing, new UserRateThrottle());
		assertThat(decision.results()).extracting((result) -> result.policy().rate())
			.containsExactly(Rate.parse("3/min"));
	}

	@ParameterizedTest
	@EnumSource
	void secretNeedsAKeyWhereHistoriesAreShared(Driver driver) {
		BaseThrottle throttle = (request) -> Verdict.count("user", Client.secret("api-key", "sk-0123456789"));
		AppliedThrottles throttles = new AppliedThrottles(
				List.of(new AppliedThrottles.Step("keys", throttle, new SharedBackend())));
		assertThatExceptionOfType(InvalidVerdictException.class)
			.isThrownBy(() -> driver.decide(engine(SecretIdents.withRandomKey()), new MockThrottleRequest(), throttles))
			.withMessageContaining("The throttle 'keys' returned an invalid verdict: it counts secret idents")
			.withMessageNotContaining("sk-0123456789");
		assertThat(
				driver.decide(engine(SecretIdents.withKey("pepper")), new MockThrottleRequest(), throttles).isAllowed())
			.isTrue();
	}

	private Decision decide(Driver driver, BaseThrottle... throttles) {
		return decide(driver, new MockThrottleRequest(), throttles);
	}

	private Decision decide(Driver driver, ThrottleRequest request, BaseThrottle... throttles) {
		List<AppliedThrottles.Step> steps = new ArrayList<>();
		for (BaseThrottle throttle : throttles) {
			steps.add(new AppliedThrottles.Step("throttle" + steps.size(), throttle, this.memory));
		}
		return driver.decide(engine(SecretIdents.withRandomKey()), request, new AppliedThrottles(steps));
	}

	private ThrottleEngine engine(SecretIdents secretIdents) {
		return new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates, secretIdents);
	}

	/**
	 * Counts as if other processes did so, too.
	 */
	private final class SharedBackend implements CacheBackend {

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			return CountedScopesTests.this.memory.decide(groups);
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			return CountedScopesTests.this.memory.peek(group);
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
			CountedScopesTests.this.memory.reset(client, scope);
		}

		@Override
		public boolean isShared() {
			return true;
		}

	}

}
