package dev.throttle.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.RateOverride;
import dev.throttle.backend.RateOverrides;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RateRegistry}.
 */
class RateRegistryTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private final RateRegistry registry = new RateRegistry(Rates.of(Map.of("user", "60/min, 1000/day")));

	@Test
	void rateThatIsReplacedIsInForce() {
		this.registry.configure("USER", "5/min");
		assertThat(this.registry.rates().policies(Scope.of("user"))).extracting("rate")
			.containsExactly(Rate.parse("5/min"));
	}

	@Test
	void ratesOfTwoScopesThatWouldShareAHistoryAreRefused() {
		Rates before = this.registry.rates();
		assertThatIllegalArgumentException().isThrownBy(
				() -> this.registry.update((rates) -> rates.with(Scope.of("user-day"), List.of(Rate.parse("5/min")))))
			.withMessage("Two policies are called 'user-day': the property 'throttle.rates.user' says 1000/day, "
					+ "the rate to be set for the scope 'user-day' says 5/min");
		assertThat(this.registry.rates()).isSameAs(before);
	}

	@Test
	void overrideIsInForceUntilItEnds() {
		Timed timed = new Timed();
		timed.registry.override("User", "500/hour", Duration.ofMinutes(10));
		assertThat(timed.inForce()).containsExactly("500/hour");
		assertThat(timed.registry.configured().policies(Scope.of("user"))).hasSize(2);
		assertThat(timed.registry.overrides().get(Scope.of("user")).until())
			.isEqualTo(NOW.plus(Duration.ofMinutes(10)));
		timed.advance(Duration.ofMinutes(10).minusNanos(1));
		assertThat(timed.inForce()).containsExactly("500/hour");
		assertThat(timed.registry.timeToExpiry(Scope.of("user"))).isEqualTo(Duration.ofNanos(1));
		timed.advance(Duration.ofNanos(1));
		assertThat(timed.registry.timeToExpiry(Scope.of("user"))).isNull();
		assertThat(timed.inForce()).containsExactly("60/min", "1000/day");
		assertThat(timed.registry.overrides()).isEmpty();
	}

	@Test
	void overrideTakesTheLimitAwayUntilItEnds() {
		Timed timed = new Timed();
		timed.registry.override("user", " Unlimited ", Duration.ofMinutes(10));
		assertThat(timed.inForce()).isEmpty();
		assertThat(timed.registry.rates().unlimitedScopes()).contains(Scope.of("User"));
		assertThat(timed.registry.overrides().get(Scope.of("user")).rates()).isEqualTo("unlimited");
		timed.advance(Duration.ofMinutes(10));
		assertThat(timed.inForce()).containsExactly("60/min", "1000/day");
	}

	@Test
	void overrideLimitsScopeThatIsUnlimited() {
		this.registry.configure("user", "unlimited");
		this.registry.override("user", "5/min", null);
		assertThat(this.registry.rates().policies(Scope.of("user"))).extracting("rate")
			.containsExactly(Rate.parse("5/min"));
		this.registry.removeOverride("user");
		assertThat(this.registry.rates().policies(Scope.of("user"))).isEmpty();
	}

	@Test
	void overrideWithoutADurationStaysUntilItIsRemoved() {
		Timed timed = new Timed();
		timed.registry.override("user", "500/hour", null);
		timed.advance(Duration.ofDays(400));
		assertThat(timed.inForce()).containsExactly("500/hour");
		timed.registry.removeOverride("user");
		assertThat(timed.inForce()).containsExactly("60/min", "1000/day");
	}

	@Test
	void noOverrideIsLeftAfterAllAreRemoved() {
		this.registry.update((rates) -> rates.with(Scope.of("uploads"), List.of(Rate.parse("5/min"))));
		this.registry.override("user", "500/hour", null);
		this.registry.override("uploads", "0/s", Duration.ofHours(1));
		this.registry.removeOverrides();
		assertThat(this.registry.overrides()).isEmpty();
		assertThat(this.registry.rates()).isEqualTo(this.registry.configured());
	}

	@Test
	void overridesEndEachAtItsTime() {
		Timed timed = new Timed();
		timed.registry.override("user", "500/hour", Duration.ofMinutes(10));
		timed.registry.override("anon", "7/min", Duration.ofMinutes(5));
		timed.registry.override("user", "600/hour", Duration.ofMinutes(3));
		timed.advance(Duration.ofMinutes(3));
		assertThat(timed.registry.overrides()).containsOnlyKeys(Scope.of("anon"));
		timed.advance(Duration.ofMinutes(2));
		assertThat(timed.registry.overrides()).isEmpty();
		assertThat(timed.registry.rates()).isSameAs(timed.registry.configured());
	}

	@Test
	void configuredRateThatIsReplacedMeanwhileIsInForceAfterwards() {
		Timed timed = new Timed();
		timed.registry.override("user", "500/hour", Duration.ofMinutes(10));
		timed.registry.update((rates) -> rates.with(Scope.of("user"), List.of(Rate.parse("5/min"))));
		assertThat(timed.inForce()).containsExactly("500/hour");
		timed.advance(Duration.ofMinutes(10));
		assertThat(timed.inForce()).containsExactly("5/min");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "uploads; 5/min; PT1M; The scope 'uploads' has no configured rate",
					"user; 5/month; PT1M; Invalid rate '5/month'",
					"user; 5/min; PT0S; The duration must be positive and at most 36500 days but is PT0S",
					"user; 5/min; P36501D; The duration must be positive and at most 36500 days but is PT876024H",
					"anon; '5/min, 10/day'; PT1M; Two policies are called 'anon-day'",
					"a b; 5/min; PT1M; Invalid scope 'a b'" })
	void overrideThatMakesNoSenseIsRefusedAndChangesNothing(String scope, String rates, Duration duration,
			String message) {
		Timed timed = new Timed();
		assertThatIllegalArgumentException().isThrownBy(() -> timed.registry.override(scope, rates, duration))
			.withMessageStartingWith(message);
		assertThat(timed.registry.rates()).isSameAs(timed.registry.configured());
	}

	@Test
	void rateThatAThrottleBringsIsInForceWhereNothingIsSet() {
		this.registry.declare(Map.of(Scope.of("burst"), Rate.parseAll("5/s")), "the throttle 'burst'");
		assertThat(this.registry.rates().policies(Scope.of("Burst"))).extracting("rate")
			.containsExactly(Rate.parse("5/s"));
		assertThat(this.registry.configured().contains(Scope.of("burst"))).isFalse();
		this.registry.update((rates) -> rates.with(Scope.of("burst"), List.of()));
		assertThat(this.registry.rates().policies(Scope.of("burst"))).isEmpty();
		assertThat(this.registry.rates().contains(Scope.of("burst"))).isTrue();
	}

	@Test
	void scopeThatAThrottleLeavesUnlimitedHasNoRate() {
		this.registry.declare(Map.of(Scope.of("burst"), List.of()), "the throttle 'burst'");
		assertThat(this.registry.rates().policies(Scope.of("burst"))).isEmpty();
		assertThat(this.registry.rates().contains(Scope.of("burst"))).isTrue();
	}

	@Test
	void overridesThatThisApplicationDoesNotUnderstandAreIgnored() {
		Timed timed = new Timed();
		StubOverrides shared = new StubOverrides();
		timed.registry.follow(shared);
		shared.tell(new RateOverride("later", "5/min", null), new RateOverride("anon", "5/fortnight", null),
				new RateOverride("user", "500/hour", NOW.plusSeconds(60)));
		assertThat(timed.inForce()).containsExactly("500/hour");
		assertThat(timed.registry.overrides()).containsOnlyKeys(Scope.of("user"));
		timed.advance(Duration.ofSeconds(60));
		assertThat(timed.inForce()).containsExactly("60/min", "1000/day");
	}

	@Test
	void configuredRatesArePublishedWhereOverridesAreKept() {
		StubOverrides shared = new StubOverrides();
		this.registry.follow(shared);
		this.registry.update((rates) -> rates.with(Scope.of("API_Key"), Rate.parseAll("5/min")));
		this.registry.update((rates) -> rates.withShadowScopes(List.of(Scope.of("api-key"))));
		this.registry.declare(Map.of(Scope.of("burst"), Rate.parseAll("5/s")), "the throttle 'burst'");
		assertThat(Objects.requireNonNull(shared.configured).get())
			.isEqualTo(Map.of("user", "60/min, 1000/day", "apikey", "5/min (shadow)"));
	}

	@Test
	void overrideEndsThoughNothingIsHeardOfWhereItIsKept() {
		Timed timed = new Timed();
		StubOverrides shared = new StubOverrides();
		timed.registry.follow(shared);
		timed.advance(Duration.ofHours(1));
		shared.tell(new RateOverride("user", "500/hour", NOW.plusSeconds(2)));
		timed.advance(Duration.ofSeconds(1));
		assertThat(timed.inForce()).containsExactly("500/hour");
		timed.advance(Duration.ofSeconds(1));
		assertThat(timed.inForce()).containsExactly("60/min", "1000/day");
	}

	@Test
	void overridesOfSeveralThreadsAreAllInForce() throws Exception {
		Map<String, String> rates = IntStream.range(0, 16)
			.boxed()
			.collect(Collectors.toMap((i) -> "scope" + i, (i) -> "1/min"));
		RateRegistry several = new RateRegistry(Rates.of(rates));
		ExecutorService threads = Executors.newFixedThreadPool(16);
		CyclicBarrier start = new CyclicBarrier(16);
		List<Future<?>> done = new ArrayList<>();
		for (String scope : rates.keySet()) {
			done.add(threads.submit(() -> {
				start.await();
				for (int limit = 1; limit <= 100; limit++) {
					several.override(scope, limit + "/hour", Duration.ofMinutes(1));
				}
				return null;
			}));
		}
		for (Future<?> each : done) {
			each.get();
		}
		threads.shutdown();
		assertThat(rates.keySet())
			.allSatisfy((scope) -> assertThat(several.rates().policies(Scope.of(scope))).extracting("rate")
				.containsExactly(Rate.parse("100/hour")));
		several.close();
	}

	@Test
	void overrideEndsByItselfInRealTime() {
		this.registry.override("user", "500/hour", Duration.ofMillis(50));
		assertThat(this.registry.overrides()).containsOnlyKeys(Scope.of("user"));
		await().until(() -> this.registry.overrides().isEmpty());
		assertThat(this.registry.rates()).isSameAs(this.registry.configured());
		this.registry.close();
	}

	/**
	 * A registry whose clock is moved by hand.
	 */
	private static final class Timed extends DelayedTask {

		private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);

		private @Nullable Runnable action;

		private long due;

		private final RateRegistry registry = new RateRegistry(
				Rates.of(Map.of("user", "60/min, 1000/day", "anon", "2/min", "anon-day", "3/day")), this.nanos::get,
				NOW, this);

		@Override
		synchronized void schedule(long delayNanos, Runnable action) {
			this.due = this.nanos.get() + delayNanos;
			this.action = action;
		}

		@Override
		synchronized void cancel() {
			this.action = null;
		}

		void advance(Duration duration) {
			this.nanos.addAndGet(duration.toNanos());
			Runnable action = this.action;
			if (action != null && this.nanos.get() - this.due >= 0) {
				this.action = null;
				action.run();
			}
		}

		List<String> inForce() {
			return this.registry.rates()
				.policies(Scope.of("user"))
				.stream()
				.map((policy) -> policy.rate().toString())
				.toList();
		}

	}

	/**
	 * Overrides that another process keeps.
	 */
	private static final class StubOverrides implements RateOverrides {

		private @Nullable Listener listener;

		private @Nullable Supplier<Map<String, String>> configured;

		@Override
		public void publish(Supplier<Map<String, String>> configured) {
			this.configured = configured;
		}

		void tell(RateOverride... overrides) {
			Objects.requireNonNull(this.listener).changed(List.of(overrides), NOW);
		}

		@Override
		public void follow(Listener listener) {
			this.listener = listener;
		}

		@Override
		public void set(String scope, String rates, @Nullable Duration duration) {
			throw new AssertionError("Set though only told of: " + scope);
		}

		@Override
		public void remove(String scope) {
			throw new AssertionError("Removed though only told of: " + scope);
		}

		@Override
		public boolean isShared() {
			return true;
		}

	}

}
