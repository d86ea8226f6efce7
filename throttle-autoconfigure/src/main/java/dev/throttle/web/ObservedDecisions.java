package dev.throttle.web;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.throttle.ThrottleRequest;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.DecisionOutcome;
import dev.throttle.engine.QuotaResult;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import org.jspecify.annotations.Nullable;

/**
 * Adds the decision to the observation of a request: {@code throttle.outcome} and
 * {@code throttle.scope} ({@code none} if no throttle applied), and
 * {@code throttle.denied.by} for a denied request. The span of a client that has a plan
 * names it in {@code throttle.plan}. {@code throttle.scope} is {@code several} if a
 * request of several scopes is refused because the backend does not answer. If a request
 * is decided twice, before authentication and at its handler, the later decision wins,
 * unless it is an ordinary one and the earlier is not.
 *
 * @since 1.0.0
 */
public final class ObservedDecisions implements DecisionListener, ObservationFilter {

	private static final String OUTCOME = "throttle.outcome";

	private static final String SCOPE = "throttle.scope";

	private static final String DENIED_BY = "throttle.denied.by";

	private static final String PLAN = "throttle.plan";

	private static final String NONE = "none";

	private static final String SEVERAL = "several";

	private final Class<? extends Observation.Context> type;

	private final Function<ThrottleRequest, Observation.@Nullable Context> contexts;

	/**
	 * Create a listener.
	 * @param type the context type of request observations
	 * @param contexts returns the context of a request; null if the request is not
	 * observed
	 */
	public ObservedDecisions(Class<? extends Observation.Context> type,
			Function<ThrottleRequest, Observation.@Nullable Context> contexts) {
		this.type = type;
		this.contexts = contexts;
	}

	@Override
	public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
		Observation.Context context = this.contexts.apply(request);
		if (context == null) {
			return;
		}
		if (decision.plan() != null) {
			context.addHighCardinalityKeyValue(KeyValue.of(PLAN, decision.plan()));
		}
		if (!decision.isAllowed()) {
			context.addHighCardinalityKeyValue(KeyValue.of(DENIED_BY,
					decision.denials()
						.stream()
						.map((denial) -> denial.step().name())
						.collect(Collectors.joining(","))));
			add(context, DecisionOutcome.DENIED, decision.decisiveResult());
			return;
		}
		for (DecisionOutcome failed : List.of(DecisionOutcome.FAILED_OPEN, DecisionOutcome.FAILED_LOCAL)) {
			QuotaResult result = first(decision.results(), failed);
			if (result != null) {
				add(context, failed, result);
				return;
			}
		}
		QuotaResult shadow = first(decision.shadowResults(), DecisionOutcome.SHADOW_DENIED);
		if (shadow != null) {
			add(context, DecisionOutcome.SHADOW_DENIED, shadow);
		}
		else {
			add(context, DecisionOutcome.ALLOWED, decision.decisiveResult());
		}
	}

	@Override
	public void refused(ThrottleRequest request, AppliedThrottles throttles, List<QuotaResult> asked,
			BackendUnavailableException cause) {
		Observation.Context context = this.contexts.apply(request);
		if (context != null) {
			List<String> scopes = asked.stream().map((result) -> result.policy().scope().name()).distinct().toList();
			add(context, DecisionOutcome.FAILED_CLOSED, (scopes.size() == 1) ? scopes.get(0) : SEVERAL);
		}
	}

	private static @Nullable QuotaResult first(List<QuotaResult> results, DecisionOutcome outcome) {
		for (QuotaResult result : results) {
			if (result.decisionOutcome() == outcome) {
				return result;
			}
		}
		return null;
	}

	private static void add(Observation.Context context, DecisionOutcome outcome, @Nullable QuotaResult result) {
		add(context, outcome, (result != null) ? result.policy().scope().name() : NONE);
	}

	private static void add(Observation.Context context, DecisionOutcome outcome, String scope) {
		KeyValue earlier = context.getLowCardinalityKeyValue(OUTCOME);
		if (outcome == DecisionOutcome.ALLOWED && earlier != null && !earlier.getValue().equals(outcome.text())) {
			return;
		}
		context.addLowCardinalityKeyValue(KeyValue.of(OUTCOME, outcome.text()));
		context.addLowCardinalityKeyValue(KeyValue.of(SCOPE, scope));
	}

	/**
	 * Add the same keys to every request, even if no throttle applied.
	 */
	@Override
	public Observation.Context map(Observation.Context context) {
		if (this.type.isInstance(context) && context.getLowCardinalityKeyValue(OUTCOME) == null) {
			context.addLowCardinalityKeyValue(KeyValue.of(OUTCOME, NONE));
			context.addLowCardinalityKeyValue(KeyValue.of(SCOPE, NONE));
		}
		return context;
	}

}
