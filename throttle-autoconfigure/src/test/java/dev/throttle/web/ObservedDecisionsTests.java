package dev.throttle.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.QuotaResult;
import dev.throttle.test.MockThrottleRequest;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ObservedDecisions}.
 */
class ObservedDecisionsTests {

	private final Observation.Context context = new Observation.Context();

	@Test
	void refusedRequestSaysWhichScopeItAsks() {
		refuse(Policy.ofScope(Scope.of("login"), Rate.parseAll("5/min, 9/day")));
		assertThat(this.context.getLowCardinalityKeyValues())
			.containsExactly(KeyValue.of("throttle.outcome", "failed_closed"), KeyValue.of("throttle.scope", "login"));
	}

	@Test
	void refusedRequestThatAsksSeveralScopesNamesNoneOfThem() {
		refuse(List.of(Policy.of("user", Rate.parse("5/min")), Policy.of("login", Rate.parse("5/min"))));
		assertThat(this.context.getLowCardinalityKeyValue("throttle.scope").getValue()).isEqualTo("several");
	}

	@Test
	void laterDecisionWinsUnlessOnlyTheEarlierIsRemarkable() {
		Outcome uncounted = new Outcome(true, 1, 0, 0, null, Outcome.DecidedBy.NOBODY);
		decide(Decisions.of(Decisions.allowed("address", "5/min", 4, Duration.ZERO)));
		assertThat(values()).containsExactly("allowed", "address");
		decide(Decisions.of(new Decisions.Use("user", "5/min", uncounted)));
		assertThat(values()).containsExactly("failed_open", "user");
		decide(Decisions.of(Decisions.allowed("login", "5/min", 4, Duration.ZERO)));
		assertThat(values()).containsExactly("failed_open", "user");
		decide(Decisions.of(Decisions.denied("login", "5/min", Duration.ofSeconds(1))));
		assertThat(values()).containsExactly("denied", "login");
	}

	@Test
	void spanNamesThePlanOfTheClient() {
		decide(Decisions.ofPlan("pro", Decisions.denied("uploads", "5/min", Duration.ofSeconds(1))));
		assertThat(this.context.getHighCardinalityKeyValue("throttle.plan").getValue()).isEqualTo("pro");
	}

	private List<String> values() {
		return this.context.getLowCardinalityKeyValues().stream().map(KeyValue::getValue).toList();
	}

	private void decide(Decision decision) {
		new ObservedDecisions(Observation.Context.class, (request) -> this.context).decided(new MockThrottleRequest(),
				AppliedThrottles.NONE, decision);
	}

	private void refuse(List<Policy> policies) {
		Step step = new Step("asking", mock(BaseThrottle.class), mock(CacheBackend.class));
		AppliedThrottles throttles = new AppliedThrottles(List.of(step));
		Outcome refused = new Outcome(false, 0, 1, 1, null, Outcome.DecidedBy.NOBODY);
		List<QuotaResult> asked = new ArrayList<>();
		policies.forEach((policy) -> asked.add(new QuotaResult(Client.user("ada"), policy, 1, refused, step)));
		new ObservedDecisions(Observation.Context.class, (request) -> this.context).refused(new MockThrottleRequest(),
				throttles, asked, new BackendUnavailableException(Duration.ofSeconds(1)));
	}

}
