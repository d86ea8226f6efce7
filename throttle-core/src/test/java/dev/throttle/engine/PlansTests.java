package dev.throttle.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.PlanResolver;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottleEngine} with plans, where the caller waits.
 */
class PlansTests {

	private static final ThrottleRequest REQUEST = new MockThrottleRequest();

	private final ThrottleClock clock = new ThrottleClock();

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();

	private final RateRegistry rates = new RateRegistry(
			rates(Map.of("user", "3/min", "uploads", "2/min", "burst", "100/s"), "unmetered"));

	private final AtomicInteger asked = new AtomicInteger();

	private final List<String> unresolved = new ArrayList<>();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private volatile @Nullable String plan = "pro";

	Driver driver() {
		return Driver.SYNCHRONOUS;
	}

	@BeforeEach
	void start() {
		plan("pro", false, Map.of("user", "5/min, 50/day"));
		logger().setLevel(Level.INFO);
		this.log.start();
		logger().addAppender(this.log);
	}

	@AfterEach
	void stop() {
		logger().detachAppender(this.log);
		logger().setLevel(null);
		this.rates.close();
		this.backend.close();
	}

	@Test
	void planReplacesTheRatesOfItsScopesAndNoOthers() {
		assertThat(admitted(10, "user")).isEqualTo(5);
		assertThat(admitted(10, "uploads")).isEqualTo(2);
		Decision denied = decide("user");
		assertThat(denied.plan()).isEqualTo("pro");
		assertThat(denied.results()).extracting((result) -> result.policy().toString())
			.containsExactly("user (5/min, plan pro)", "user-day (50/day, plan pro)");
		assertThat(denied.retryAfter()).isEqualTo(Duration.ofMinutes(1));
	}

	@Test
	void resolverIsAskedOnceForAllScopesAndThrottles() {
		plan("pro", false, Map.of("user", "5/min", "uploads", "5/min"));
		decide("user", "uploads", "burst");
		assertThat(this.asked).hasValue(1);
	}

	@Test
	void resolverIsNotAskedWhereNoPlanHasARate() {
		decide("uploads", "burst");
		assertThat(this.asked).hasValue(0);
	}

	@Test
	void resolverIsNotAskedIfNoClientIsCounted() {
		driver().decide(engine(this::resolve), REQUEST, steps((request) -> Verdict.count("user", (Client) null)));
		driver().decide(engine(this::resolve), REQUEST, steps((request) -> Verdict.allow()));
		assertThat(this.asked).hasValue(0);
	}

	@Test
	void resolverIsNotAskedIfThePlanIsKnownFromBefore() {
		this.plan = null;
		MockThrottleRequest known = new MockThrottleRequest().withPlan("Pro");
		assertThat(decide(known, "user").plan()).isEqualTo("pro");
		assertThat(this.asked).hasValue(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "free-tier", "FreeTier", "free_tier" })
	void planMayBeNamedInAnySpelling(String name) {
		plan("free-tier", false, Map.of("user", "1/min"));
		this.plan = name;
		assertThat(decide("user").plan()).isEqualTo("free-tier");
		assertThat(admitted(3, "user")).isZero();
	}

	@Test
	void noPlanMeansTheUsualRates() {
		this.plan = null;
		assertThat(decide("user").plan()).isNull();
		assertThat(admitted(10, "user")).isEqualTo(2);
		assertThat(this.unresolved).isEmpty();
	}

	@Test
	void unknownPlanMeansTheUsualRatesAndIsLoggedOnce() {
		this.plan = "platinum";
		assertThat(admitted(10, "user")).isEqualTo(3);
		assertThat(this.unresolved).hasSize(10).containsOnly("null");
		assertThat(this.log.list).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).isEqualTo(
					"There is no plan 'platinum', so its clients have the usual rates. Add 'throttle.plans.platinum', or return one of [pro]"));
	}

	@Test
	void resolverThatThrowsMeansTheUsualRatesAndIsLoggedUntilItWorksAgain() {
		PlanResolver resolver = (request) -> {
			if (this.plan == null) {
				throw new IllegalStateException("down");
			}
			return this.plan;
		};
		ThrottleEngine engine = engine(resolver);
		this.plan = null;
		assertThat(admitted(engine, 10, "user")).isEqualTo(3);
		assertThat(this.unresolved).hasSize(10).containsOnly("java.lang.IllegalStateException: down");
		this.plan = "pro";
		assertThat(admitted(engine, 10, "user")).isEqualTo(2);
		this.clock.advance(Duration.ofMinutes(1));
		this.plan = null;
		assertThat(admitted(engine, 4, "user")).isEqualTo(3);
		String failed = "The plan of a client could not be found out, so the usual rates apply";
		assertThat(this.log.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly(failed, "The plans of clients are known again", failed);
	}

	@Test
	void requestsThatMakeTheResolverThrowDoNotFloodTheLog() {
		AtomicInteger requests = new AtomicInteger();
		ThrottleEngine engine = engine((request) -> {
			if (requests.getAndIncrement() % 2 == 0) {
				throw new IllegalArgumentException("not a key");
			}
			return this.plan;
		});
		admitted(engine, 1000, "user");
		assertThat(this.unresolved).hasSize(500);
		assertThat(this.log.list).hasSize(2);
		this.clock.advance(Duration.ofSeconds(59));
		admitted(engine, 1000, "user");
		assertThat(this.log.list).hasSize(2);
		this.clock.advance(Duration.ofSeconds(1));
		admitted(engine, 1000, "user");
		assertThat(this.log.list).hasSize(4);
	}

	@Test
	void resolverThatThrowsSomethingElseMeansTheUsualRates() {
		for (Throwable failure : List.of(new IOException("down"), new NoClassDefFoundError("Gone"))) {
			this.clock.advance(Duration.ofDays(1));
			this.unresolved.clear();
			assertThat(admitted((request) -> sneak(failure), 10, "user")).isEqualTo(3);
			assertThat(this.unresolved).hasSize(10).containsOnly(failure.toString());
		}
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> String sneak(Throwable failure) throws E {
		throw (E) failure;
	}

	@Test
	void resolverWhoseStageFailsMeansTheUsualRates() {
		PlanResolver resolver = new StagedResolver(CompletableFuture.failedFuture(new IllegalStateException("down")));
		assertThat(admitted(resolver, 10, "user")).isEqualTo(3);
		assertThat(this.unresolved).hasSize(10).containsOnly("java.lang.IllegalStateException: down");
	}

	@Test
	void planThatIsKnownLaterIsWaitedFor() {
		PlanResolver resolver = new StagedResolver(CompletableFuture.supplyAsync(() -> "pro",
				CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)));
		assertThat(admitted(resolver, 10, "user")).isEqualTo(5);
	}

	@Test
	void shadowPlanIsMeasuredBesideTheUsualRates() {
		plan("pro", true, Map.of("user", "1/min"));
		decide("user");
		Decision second = decide("user");
		assertThat(second.isAllowed()).isTrue();
		assertThat(second.plan()).isEqualTo("pro");
		assertThat(second.results()).extracting((result) -> result.policy().toString()).containsExactly("user (3/min)");
		assertThat(second.shadowResults()).singleElement().satisfies((result) -> {
			assertThat(result.policy()).hasToString("user (1/min, plan pro, shadow)");
			assertThat(result.outcome().isAllowed()).isFalse();
		});
		assertThat(admitted(10, "user")).isEqualTo(1);
	}

	@Test
	void scopeMayBeUnlimitedInAPlan() {
		plan("pro", false, Map.of("user", "unlimited"));
		assertThat(admitted(100, "user")).isEqualTo(100);
		assertThat(decide("user").results()).isEmpty();
		assertThat(decide("user", "uploads").results()).hasSize(1);
	}

	@Test
	void scopeMayBeLimitedInAPlanOnly() {
		plan("pro", false, Map.of("unmetered", "2/min"));
		assertThat(admitted(10, "unmetered")).isEqualTo(2);
		this.plan = null;
		assertThat(admitted(10, "unmetered")).isEqualTo(10);
	}

	@Test
	void clientThatChangesItsPlanKeepsWhatItHasUsed() {
		this.plan = null;
		assertThat(admitted(10, "user")).isEqualTo(3);
		this.plan = "pro";
		assertThat(admitted(10, "user")).isEqualTo(2);
		plan("free", false, Map.of("user", "4/min"));
		this.plan = "free";
		assertThat(admitted(10, "user")).isZero();
		this.clock.advance(Duration.ofMinutes(1));
		assertThat(admitted(10, "user")).isEqualTo(4);
	}

	@Test
	void overrideOfAPlanHoldsForItsClientsOnly() {
		this.rates.overridePlan("Pro", "user", "7/min", Duration.ofHours(1));
		assertThat(admitted(10, "user")).isEqualTo(7);
		this.clock.advance(Duration.ofMinutes(1));
		this.plan = null;
		assertThat(admitted(10, "user")).isEqualTo(3);
		this.rates.removePlanOverride("pro", "user");
		this.clock.advance(Duration.ofMinutes(1));
		this.plan = "pro";
		assertThat(admitted(10, "user")).isEqualTo(5);
	}

	@Test
	void overrideOfTheUsualRateLeavesPlansAlone() {
		this.rates.override("user", "1/min", null);
		assertThat(admitted(10, "user")).isEqualTo(5);
	}

	@Test
	void waitForTheCalendarIsLengthenedByAtMostTheShare() {
		long wait = Duration.ofHours(10).toNanos();
		this.rates.update((before) -> before.with(Scope.of("user"), Rate.parseAll("1/calendar-day")));
		ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates, SecretIdents.withRandomKey())
			.withRetryAfterJitter(0.1);
		List<Long> waits = IntStream.range(0, 200).mapToObj((i) -> wait(engine, "user", wait)).toList();
		assertThat(waits).allMatch((told) -> told >= wait && told <= wait + wait / 10);
		assertThat(waits.stream().distinct().count()).isGreaterThan(100);
		assertThat(waits).anyMatch((told) -> told > wait + wait / 20);
	}

	@Test
	void otherWaitsAreNotLengthened() {
		ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates, SecretIdents.withRandomKey())
			.withRetryAfterJitter(1);
		long wait = Duration.ofSeconds(10).toNanos();
		assertThat(IntStream.range(0, 50).mapToObj((i) -> wait(engine, "user", wait))).containsOnly(wait);
		this.rates.update((before) -> before.with(Scope.of("user"), Rate.parseAll("0/calendar-day")));
		Decision never = driver().decide(engine, REQUEST, denying("user", Outcome.NEVER));
		assertThat(never.denials()).singleElement().satisfies((denial) -> assertThat(denial.isForever()).isTrue());
	}

	private long wait(ThrottleEngine engine, String scope, long waitNanos) {
		return Objects.requireNonNull(driver().decide(engine, REQUEST, denying(scope, waitNanos)).retryAfter())
			.toNanos();
	}

	private static AppliedThrottles denying(String scope, long waitNanos) {
		Outcome outcome = new Outcome(false, 0, waitNanos, waitNanos, null);
		return new AppliedThrottles(List
			.of(new Step("user", (request) -> Verdict.count(scope, Client.user("ada")), new Answering(outcome))));
	}

	private @Nullable String resolve(ThrottleRequest request) {
		this.asked.incrementAndGet();
		return this.plan;
	}

	private long admitted(int requests, String scope) {
		return admitted(this::resolve, requests, scope);
	}

	private long admitted(PlanResolver resolver, int requests, String scope) {
		return admitted(engine(resolver), requests, scope);
	}

	private long admitted(ThrottleEngine engine, int requests, String scope) {
		return IntStream.range(0, requests)
			.filter((i) -> driver().decide(engine, REQUEST, counting(scope)).isAllowed())
			.count();
	}

	private Decision decide(String... scopes) {
		return decide(REQUEST, scopes);
	}

	private Decision decide(ThrottleRequest request, String... scopes) {
		return driver().decide(engine(this::resolve), request, counting(scopes));
	}

	private AppliedThrottles counting(String... scopes) {
		return new AppliedThrottles(List.of(scopes)
			.stream()
			.map((scope) -> new Step(scope, (request) -> Verdict.count(scope, Client.user("ada")), this.backend))
			.toList());
	}

	private AppliedThrottles steps(BaseThrottle throttle) {
		return new AppliedThrottles(List.of(new Step("throttle", throttle, this.backend)));
	}

	private ThrottleEngine engine(PlanResolver resolver) {
		return new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates, SecretIdents.withRandomKey(),
				List.of(new DecisionListener() {

					@Override
					public void planUnresolved(ThrottleRequest request, @Nullable Throwable failure) {
						PlansTests.this.unresolved.add(String.valueOf(failure));
					}

				}))
			.withPlans(resolver, this.clock::nanos);
	}

	private void plan(String name, boolean isShadow, Map<String, String> rates) {
		this.rates.update((before) -> {
			Map<Scope, List<Rate>> byScope = new LinkedHashMap<>();
			rates.forEach((scope, text) -> byScope.put(Scope.of(scope),
					Rates.isUnlimited(text) ? List.of() : Rate.parseAll(text)));
			return before.withPlan(name, isShadow, byScope);
		});
	}

	private static Rates rates(Map<String, String> rates, String unlimited) {
		return Rates.of(rates).with(Scope.of(unlimited), List.of());
	}

	private static Logger logger() {
		return (Logger) LoggerFactory.getLogger(PlanResolver.class);
	}

	/**
	 * A resolver whose answer comes later, or not at all.
	 */
	private record StagedResolver(CompletableFuture<String> answer) implements PlanResolver {

		@Override
		public @Nullable String plan(ThrottleRequest request) {
			try {
				return this.answer.join();
			}
			catch (CompletionException ex) {
				throw (RuntimeException) Objects.requireNonNull(ex.getCause());
			}
		}

		@Override
		public CompletionStage<@Nullable String> planAsync(ThrottleRequest request, Executor workers) {
			return this.answer.thenApply((plan) -> plan);
		}

	}

	private record Answering(Outcome outcome) implements CacheBackend {

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			return List.of(this.outcome);
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			return List.of(this.outcome);
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
		}

	}

}
