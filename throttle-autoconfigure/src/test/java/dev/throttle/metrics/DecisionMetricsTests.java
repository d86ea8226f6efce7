package dev.throttle.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.engine.ThrottlePlan.Step;
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

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, SecretIdents.withRandomKey(),
			List.of(new DecisionMetrics(this.registry)));

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void eachQuotaThatIsAskedCountsOnce() {
		BaseThrottle user = asking(quota("user", "2/min"));
		BaseThrottle uploads = asking(quota("uploads", "1/min"), quota("uploads-day", "9/day"));
		for (int i = 0; i < 3; i++) {
			decide(user, uploads);
		}
		assertThat(counts()).containsExactlyInAnyOrder("throttle0 user allowed 3", "throttle1 uploads allowed 1",
				"throttle1 uploads denied 2", "throttle1 uploads-day allowed 3");
	}

	@Test
	void furtherRateOfAScopeIsItsOwnSeriesUnderThatScope() {
		List<Policy> policies = Policy.ofScope("uploads", Rate.parseAll("1/min, 9/day"));
		decide(asking(new Quota(Client.user("alice"), policies.get(0)),
				new Quota(Client.user("alice"), policies.get(1))));
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
			protected @Nullable String ident(ThrottleRequest request) {
				return null;
			}

		});
		assertThat(counts()).isEmpty();
	}

	@Test
	void shadowQuotaCountsBesideTheOneInForce() {
		BaseThrottle uploads = asking(quota("uploads", "3/min"), shadow("uploads", "1/min"));
		BaseThrottle shadow = asking(shadow("tenant", "9/min"));
		for (int i = 0; i < 4; i++) {
			decide(uploads, shadow);
		}
		assertThat(counts()).containsExactlyInAnyOrder("throttle0 uploads allowed 3", "throttle0 uploads denied 1",
				"throttle0 uploads shadow_allowed 1", "throttle0 uploads shadow_denied 3",
				"throttle1 tenant shadow_allowed 4");
	}

	@ParameterizedTest
	@CsvSource({ "BACKEND, true, allowed", "BACKEND, false, denied", "LOCAL, true, failed_local",
			"LOCAL, false, denied", "NOBODY, true, failed_open", "NOBODY, false, failed_closed" })
	void resultSaysWhoDecided(DecidedBy decidedBy, boolean allowed, String result) {
		decide(answering(new Outcome(allowed, 0, allowed ? 0 : 1, 1, null, decidedBy)), asking(quota("user", "1/min")));
		assertThat(counts()).containsExactly("throttle0 user " + result + " 1");
	}

	@Test
	void shadowThatNobodyDecidedCountsNothing() {
		decide(answering(new Outcome(true, 1, 0, 0, null, DecidedBy.NOBODY)), asking(shadow("user", "1/min")));
		assertThat(counts()).isEmpty();
	}

	@Test
	void requestThatIsRefusedBecauseTheBackendFailsCountsWhatItAsked() {
		assertThatExceptionOfType(BackendUnavailableException.class).isThrownBy(() -> decide(answering(null),
				asking(quota("user", "1/min"), shadow("user", "1/min")), asking(quota("uploads", "1/min"))));
		assertThat(counts()).containsExactlyInAnyOrder("throttle0 user failed_closed 1",
				"throttle1 uploads failed_closed 1");
	}

	@Test
	void waitsThatAreToldAreRecorded() {
		decide(asking(quota("user", "1/min")));
		decide(asking(quota("user", "1/min")));
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
		for (int i = 0; i < 2_000; i++) {
			decide(asking(quota("tenant" + i, "1/min")));
		}
		assertThat(this.registry.find("throttle.decisions").counters()).hasSize(1001);
		assertThat(this.registry.get("throttle.decisions").tag("scope", "other").counter().count()).isEqualTo(1000);
	}

	private void decideAs(String user) {
		decide(asking(new Quota(Client.user(user), Policy.of("user", Rate.parse("1/day")))));
	}

	private void decide(BaseThrottle... throttles) {
		decide(this.backend, throttles);
	}

	private void decide(CacheBackend backend, BaseThrottle... throttles) {
		List<Step> steps = new ArrayList<>();
		for (BaseThrottle throttle : throttles) {
			steps.add(new Step("throttle" + steps.size(), throttle, backend));
		}
		this.engine.decide(new AnyRequest(), new ThrottlePlan(steps));
	}

	private static BaseThrottle asking(Quota... quotas) {
		return (request) -> Verdict.ask(List.of(quotas));
	}

	private static Quota quota(String policy, String rate) {
		return new Quota(Client.user("alice"), Policy.of(policy, Rate.parse(rate)));
	}

	private static Quota shadow(String policy, String rate) {
		return new Quota(Client.user("alice"), Policy.of(policy, Rate.parse(rate)).asShadow());
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
		assertThat(id.getTags()).extracting(Tag::getKey).containsExactly("outcome", "policy", "scope", "throttle");
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
			public void reset(Client client, Policy policy) {
			}

		};
	}

	private static final class AnyRequest implements ThrottleRequest {

		@Override
		public String method() {
			return "GET";
		}

		@Override
		public String path() {
			return "/";
		}

		@Override
		public @Nullable String header(String name) {
			return null;
		}

		@Override
		public String address() {
			return "192.0.2.1";
		}

		@Override
		public @Nullable String user() {
			return null;
		}

		@Override
		public List<Policy> handlerPolicies() {
			return List.of();
		}

		@Override
		public Rates rates() {
			return Rates.none();
		}

		@Override
		public <T> @Nullable T nativeRequest(Class<T> type) {
			return null;
		}

	}

}
