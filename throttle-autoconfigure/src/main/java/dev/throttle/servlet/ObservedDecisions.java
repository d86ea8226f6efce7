package dev.throttle.servlet;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.throttle.ThrottleRequest;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.DecisionOutcome;
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.ThrottlePlan;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Says in the observation of a request what throttles decided: {@code throttle.outcome}
 * and {@code throttle.scope}, which are {@code none} where none applied, and of a denied
 * one {@code throttle.denied.by}. Of a request that is refused because the backend does
 * not answer, and asks several scopes, {@code throttle.scope} is {@code several}: which
 * of them refuses is not known.
 *
 * @since 1.0.0
 */
public final class ObservedDecisions implements DecisionListener, ObservationFilter {

	private static final String OUTCOME = "throttle.outcome";

	private static final String SCOPE = "throttle.scope";

	private static final String DENIED_BY = "throttle.denied.by";

	private static final String NONE = "none";

	private static final String SEVERAL = "several";

	@Override
	public void decided(ThrottleRequest request, ThrottlePlan plan, Decision decision) {
		Observation.Context context = context(request);
		if (context == null) {
			return;
		}
		if (!decision.isAllowed()) {
			context.addHighCardinalityKeyValue(KeyValue.of(DENIED_BY,
					decision.denials().stream().map(Decision.Denial::name).collect(Collectors.joining(","))));
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
	public void refused(ThrottleRequest request, ThrottlePlan plan, List<QuotaResult> asked,
			BackendUnavailableException cause) {
		Observation.Context context = context(request);
		if (context != null) {
			List<String> scopes = asked.stream().map((result) -> result.policy().scope()).distinct().toList();
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

	private static Observation.@Nullable Context context(ThrottleRequest request) {
		HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
		Optional<ServerRequestObservationContext> context = (servletRequest != null)
				? ServerHttpObservationFilter.findObservationContext(servletRequest) : Optional.empty();
		return context.orElse(null);
	}

	private static void add(Observation.Context context, DecisionOutcome outcome, @Nullable QuotaResult result) {
		add(context, outcome, (result != null) ? result.policy().scope() : NONE);
	}

	private static void add(Observation.Context context, DecisionOutcome outcome, String scope) {
		context.addLowCardinalityKeyValue(KeyValue.of(OUTCOME, outcome.text()));
		context.addLowCardinalityKeyValue(KeyValue.of(SCOPE, scope));
	}

	/**
	 * Give every request the same key values, also one that no throttle was asked about.
	 */
	@Override
	public Observation.Context map(Observation.Context context) {
		if (context instanceof ServerRequestObservationContext && context.getLowCardinalityKeyValue(OUTCOME) == null) {
			context.addLowCardinalityKeyValue(KeyValue.of(OUTCOME, NONE));
			context.addLowCardinalityKeyValue(KeyValue.of(SCOPE, NONE));
		}
		return context;
	}

}
