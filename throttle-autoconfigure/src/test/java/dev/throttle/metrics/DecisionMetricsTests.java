package dev.throttle.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.PlanResolver;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DecisionMetrics} and {@link MemoryMetrics}.
 */
class DecisionMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(() -> 0).build();

	private final RateRegistry rates = new RateRegistry(Rates.none());

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates,
			SecretIdents.withRandomKey(), List.of(new DecisionMetrics(this.registry, (step) -> false)));

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void eachQuotaThatIsAskedCountsOnce() {
		rates(Map.of("user", "2/min", "uploads", "1/min", "uploads-day", "9/day"));
		BaseThrottle user = counting("user");
		BaseThrottle uploads = counting("uploads", "uploads-day");
		for (int i = 0; i < 3; i++) {
			decide(user, uploads);
		}
		assertThat(counts()).containsExactlyInAnyOrder("throttle0 user allowed 3", "throttle1 uploads allowed 1",
				"throttle1 uploads denied 2", "throttle1 uploads-day allowed 3");
	}

	@Test
	void furtherRateOfAScopeIsItsOwnSeriesUnderThatScope() {
		rates(Map.of("uploads", "1/min, 9/day"));
		decide(counting("uploads"));
		assertThat(this.registry.find("throttle.decisions").tag("scope", "uploads").counters())
			.extracting((counter) -> counter.getId().getTag("policy"))
			.containsExactlyInAnyOrder("uploads", "uploads-day");
	}

	@Test
	void throttleThatIsNoRateCountsWithoutAScope() {
		decide((request) -> Verdict.allow(), (request) -> Verdict.deny());
		assertThat(counts()).containsExactlyInAnyOrder("throttle0 none allowed 1", "throttle1 none denied 1");
	}

	@Test
	void rateThatDoesNotApplyCountsNothing() {
		decide(new UserRateThrottle("user", "1/min") {

			@Override
			protected @Nullable Client client(ThrottleRequest request) {
				return null;
			}

		});
		assertThat(counts()).isEmpty();
	}

	@Test
	void shadowQuotaCountsBesideTheOneInForce() {
		rates(Map.of("uploads", "3/min", "tenant", "9/min"));
		this.rates.update((rates) -> rates.withShadowRates(Scope.of("uploads"), Rate.parseAll("1/min"))
			.withShadowScopes(Set.of(Scope.of("tenant"))));
		BaseThrottle uploads = counting("uploads");
		BaseThrottle shadow = counting("tenant");
		for (int i = 0; i < 4; i++) {
			decide(uploads, shadow);
		}
		assertThat(counts()).containsExactlyInAnyOrder("throttle0 uploads allowed 3", "throttle0 uploads denied 1",
				"throttle0 uploads shadow_allowed 1", "throttle0 uploads shadow_denied 3",
				"throttle1 tenant shadow_allowed 4");
	}

	@Test
	void planWhoseRateDecidesIsATag() {
		rates(Map.of("user", "1/min"));
		this.rates.update((rates) -> rates.withPlan("pro", false, Map.of(Scope.of("user"), Rate.parseAll("2/min")))
			.withPlan("trial", true, Map.of(Scope.of("user"), Rate.parseAll("1/min"))));
		for (String plan : Arrays.asList("pro", "Pro", "pro", null, "trial")) {
			decideFor((request) -> plan);
		}
		assertThat(this.registry.find("throttle.decisions").counters())
			.extracting((counter) -> counter.getId().getTag("plan") + " " + text(counter))
			.containsExactlyInAnyOrder("pro throttle0 user allowed 2", "pro throttle0 user denied 1",
					"none throttle0 user denied 2", "trial throttle0 user shadow_allowed 1");
	}

	@Test
	void clientWhosePlanIsNotKnownCountsByReason() {
		assertThat(this.registry.find("throttle.plans.unresolved").counters()).hasSize(2);
		rates(Map.of("user", "9/min"));
		this.rates.update((rates) -> rates.withPlan("pro", false, Map.of(Scope.of("user"), Rate.parseAll("2/min"))));
		decideFor((request) -> "gold");
		decideFor((request) -> "silver");
		decideFor((request) -> {
			throw new IllegalStateException();
		});
		assertThat(this.registry.find("throttle.plans.unresolved").counters())
			.extracting((counter) -> counter.getId().getTag("reason") + " " + (long) counter.count())
			.containsExactlyInAnyOrder("unknown 2", "failed 1");
		assertThat(counts()).containsExactly("throttle0 user allowed 3");
	}

	@ParameterizedTest
	@CsvSource({ "BACKEND, true, allowed", "BACKEND, false, denied", "LOCAL, true, failed_local",
			"LOCAL, false, denied", "NOBODY, true, failed_open", "NOBODY, false, failed_closed" })
	void resultSaysWhoDecided(DecidedBy decidedBy, boolean allowed, String result) {
		rates(Map.of("user", "1/min"));
		decide(answering(new Outcome(allowed, 0, allowed ? 0 : 1, 1, null, decidedBy)), counting("user"));
		assertThat(counts()).containsExactly("throttle0 user " + result + " 1");
	}

	@Test
	void shadowThatNobodyDecidedCountsNothing() {
		rates(Map.of("user", "1/min"));
		this.rates.update((rates) -> rates.withShadowScopes(Set.of(Scope.of("user"))));
		decide(answering(new Outcome(true, 1, 0, 0, null, DecidedBy.NOBODY)), counting("user"));
		assertThat(counts()).isEmpty();
	}

	@Test
	void requestThatIsRefusedBecauseTheBackendFailsCountsWhatItAsked() {
		rates(Map.of("user", "1/min", "uploads", "1/min"));
		this.rates.update((rates) -> rates.withShadowRates(Scope.of("user"), Rate.parseAll("1/min")));
		assertThatExceptionOfType(BackendUnavailableException.class)
			.isThrownBy(() -> decide(answering(null), counting("user"), counting("uploads")));
		assertThat(counts()).containsExactlyInAnyOrder("throttle0 user failed_closed 1",
				"throttle1 uploads failed_closed 1");
	}

	@Test
	void waitsThatAreToldAreRecorded() {
		rates(Map.of("user", "1/min"));
		decide(counting("user"));
		decide(counting("user"));
		decide((request) -> Verdict.deny());
		assertThat(this.registry.get("throttle.wait").timer().count()).isEqualTo(1);
		assertThat(this.registry.get("throttle.wait").timer().totalTime(TimeUnit.SECONDS)).isEqualTo(60);
	}

	@Test
	void waitThatIsLongerThanATimerCanRecordIsRecordedAsTheLongest() {
		decide((request) -> Verdict.deny(Duration.ofSeconds(Long.MAX_VALUE)));
		assertThat(this.registry.get("throttle.wait").timer().totalTime(TimeUnit.NANOSECONDS))
			.isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void numberOfMetersDoesNotDependOnTheNumberOfClients() {
		rates(Map.of("user", "1/day"));
		new MemoryMetrics(Map.of("cacheBackend", this.backend)).bindTo(this.registry);
		decideAs("first");
		decideAs("first");
		List<Meter> before = this.registry.getMeters();
		for (int i = 0; i < 100_000; i++) {
			decideAs("client" + i);
		}
		assertThat(this.registry.getMeters()).hasSameSizeAs(before);
		assertThat(counts()).containsExactlyInAnyOrder("throttle0 user allowed 100001", "throttle0 user denied 1");
		assertThat(this.registry.getMeters().toString()).doesNotContain("client1");
		assertThat(this.registry.get("throttle.memory.clients").tag("backend", "cacheBackend").gauge().value())
			.isEqualTo(this.backend.statistics().clients())
			.isGreaterThan(90_000);
		assertThat(this.registry.get("throttle.memory.entries").gauge().value()).isGreaterThan(90_000);
		assertThat(this.registry.get("throttle.memory.evictions").functionCounter().count())
			.isEqualTo(this.backend.statistics().evictions());
	}

	@Test
	void numberOfScopesIsBoundedThoughAThrottleInventsThem() {
		List<String> scopes = IntStream.range(0, 2_000).mapToObj((i) -> "tenant" + i).toList();
		rates(scopes.stream().collect(Collectors.toMap((scope) -> scope, (scope) -> "1/min")));
		scopes.forEach((scope) -> decide(counting(scope)));
		assertThat(this.registry.find("throttle.decisions").counters()).hasSize(1001);
		assertThat(this.registry.get("throttle.decisions").tag("scope", "other").counter().count()).isEqualTo(1000);
	}

	@Test
	void settlementCountsByScopeAndResult() {
		rates(Map.of("login", "5/min, 9/day", "uploads", "5/min"));
		Policy login = this.rates.rates().policies(Scope.of("login")).get(0);
		Policy uploads = this.rates.rates().policies(Scope.of("uploads")).get(0);
		DecisionMetrics metrics = new DecisionMetrics(this.registry, (step) -> false);
		Stream.of(Settlement.Result.values()).forEach((result) -> metrics.settled(reserved(login), 0, result));
		metrics.settled(reserved(uploads), 3, Settlement.Result.SETTLED);
		metrics.settled(reserved(uploads), 3, Settlement.Result.SETTLED);
		assertThat(this.registry.find("throttle.settlements").counters())
			.extracting((counter) -> counter.getId().getTag("scope") + " " + counter.getId().getTag("result") + " "
					+ (long) counter.count())
			.containsExactlyInAnyOrder("login settled 1", "login gone 1", "login stands 1", "login lost 1",
					"uploads settled 2");
	}

	private QuotaResult reserved(Policy policy) {
		return new QuotaResult(Client.user("alice"), policy, 4, new Outcome(true, 1, 0, 1, null),
				new Step("throttle", (request) -> Verdict.allow(), this.backend));
	}

	private void decideFor(PlanResolver resolver) {
		this.engine.withPlans(resolver)
			.decide(new MockThrottleRequest(),
					new AppliedThrottles(List.of(new Step("throttle0", counting("user"), this.backend))));
	}

	private void decideAs(String user) {
		decide((request) -> Verdict.count("user", Client.user(user)));
	}

	private void decide(BaseThrottle... throttles) {
		decide(this.backend, throttles);
	}

	private void decide(CacheBackend backend, BaseThrottle... throttles) {
		List<Step> steps = new ArrayList<>();
		for (BaseThrottle throttle : throttles) {
			steps.add(new Step("throttle" + steps.size(), throttle, backend));
		}
		this.engine.decide(new MockThrottleRequest(), new AppliedThrottles(steps));
	}

	private static BaseThrottle counting(String... scopes) {
		Verdict count = new Verdict.Count(Stream.of(scopes).map(Scope::of).toList(), Client.user("alice"), 1);
		return (request) -> count;
	}

	private void rates(Map<String, String> rates) {
		this.rates.update((none) -> Rates.of(rates));
	}

	private Set<String> counts() {
		return this.registry.find("throttle.decisions")
			.counters()
			.stream()
			.map(DecisionMetricsTests::text)
			.collect(Collectors.toSet());
	}

	private static String text(Counter counter) {
		Meter.Id id = counter.getId();
		assertThat(id.getTags()).extracting(Tag::getKey)
			.containsExactly("outcome", "plan", "policy", "scope", "throttle");
		return id.getTag("throttle") + " " + id.getTag("scope") + " " + id.getTag("outcome") + " "
				+ (long) counter.count();
	}

	/**
	 * Return a backend that gives one answer, or with null none.
	 */
	private static CacheBackend answering(@Nullable Outcome outcome) {
		return new CacheBackend() {

			@Override
			public List<Outcome> decide(List<QuotaGroup> groups) {
				if (outcome == null) {
					throw new BackendUnavailableException(Duration.ofSeconds(1));
				}
				return List.of(outcome);
			}

			@Override
			public List<Outcome> peek(QuotaGroup group) {
				return List.of();
			}

			@Override
			public List<Settlement.Result> settle(List<Settlement> settlements) {
				throw new UnsupportedOperationException();
			}

			@Override
			public void reset(Client client, Scope scope) {
			}

		};
	}

}
