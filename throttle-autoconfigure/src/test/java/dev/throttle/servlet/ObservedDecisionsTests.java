package dev.throttle.servlet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.handler.HandlerPlan;
import io.micrometer.common.KeyValue;
import org.junit.jupiter.api.Test;

import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.filter.ServerHttpObservationFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ObservedDecisions}.
 */
class ObservedDecisionsTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final ServerRequestObservationContext context = new ServerRequestObservationContext(this.request,
			new MockHttpServletResponse());

	@Test
	void refusedRequestSaysWhichScopeItAsks() {
		refuse(Policy.ofScope("login", Rate.parseAll("5/min, 9/day")));
		assertThat(this.context.getLowCardinalityKeyValues())
			.containsExactly(KeyValue.of("throttle.outcome", "failed_closed"), KeyValue.of("throttle.scope", "login"));
	}

	@Test
	void refusedRequestThatAsksSeveralScopesNamesNoneOfThem() {
		refuse(List.of(Policy.of("user", Rate.parse("5/min")), Policy.of("login", Rate.parse("5/min"))));
		assertThat(this.context.getLowCardinalityKeyValue("throttle.scope").getValue()).isEqualTo("several");
	}

	private void refuse(List<Policy> policies) {
		this.request.setAttribute(ServerHttpObservationFilter.CURRENT_OBSERVATION_CONTEXT_ATTRIBUTE, this.context);
		ThrottlePlan plan = new ThrottlePlan(List.of());
		Outcome refused = new Outcome(false, 0, 1, 1, null, Outcome.DecidedBy.NOBODY);
		List<QuotaResult> asked = new ArrayList<>();
		policies.forEach((policy) -> asked.add(new QuotaResult(new Quota(Client.user("ada"), policy), refused, 0)));
		new ObservedDecisions().refused(
				new ServletThrottleRequest(this.request, new HandlerPlan(plan, List.of()), Rates.none(),
						ClientAddressResolver.builder().build()),
				plan, asked, new BackendUnavailableException(Duration.ofSeconds(1)));
	}

}
