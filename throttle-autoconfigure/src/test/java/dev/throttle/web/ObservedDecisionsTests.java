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
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.engine.ThrottlePlan.Step;
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

	private void refuse(List<Policy> policies) {
		Step step = new Step("asking", mock(BaseThrottle.class), mock(CacheBackend.class));
		ThrottlePlan plan = new ThrottlePlan(List.of(step));
		Outcome refused = new Outcome(false, 0, 1, 1, null, Outcome.DecidedBy.NOBODY);
		List<QuotaResult> asked = new ArrayList<>();
		policies.forEach((policy) -> asked.add(new QuotaResult(Client.user("ada"), policy, 1, refused, step)));
		new ObservedDecisions(Observation.Context.class, (request) -> this.context).refused(new MockThrottleRequest(),
				plan, asked, new BackendUnavailableException(Duration.ofSeconds(1)));
	}

}
