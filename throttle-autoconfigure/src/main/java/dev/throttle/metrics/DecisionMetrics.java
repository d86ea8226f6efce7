package dev.throttle.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.DecisionOutcome;
import dev.throttle.engine.QuotaResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts decisions as {@code throttle.decisions}, clients whose plan is not known as
 * {@code throttle.plans.unresolved} and settlements as {@code throttle.settlements}, and
 * records the waits of denied requests as {@code throttle.wait}.
 * <p>
 * Each quota that a request uses is counted once, by throttle, scope, policy and the plan
 * whose rate it is, {@code none} for a usual rate. A throttle without a rate is counted
 * once, with the scope, policy and plan {@code none}. A rate that does not apply to the
 * request is not counted. So the outcomes of one throttle and policy add up to the
 * requests that it decided. No tag identifies a client. The numbers of policies and of
 * settled scopes are bounded: further ones are counted as {@code other}.
 *
 * @since 1.0.0
 */
public final class DecisionMetrics implements DecisionListener {

	private static final String NONE = "none";

	private static final String OTHER = "other";

	private static final int MAX_POLICIES = 1000;

	/** The longest time that a timer can record. */
	private static final Duration MAX_WAIT = Duration.ofNanos(Long.MAX_VALUE);

	/** The counters of policies by plan, by throttle. */
	private final Map<String, Map<String, Map<String, OutcomeCounters>>> byThrottle = new ConcurrentHashMap<>();

	private final AtomicInteger policies = new AtomicInteger();

	private final Set<String> settledScopes = ConcurrentHashMap.newKeySet();

	private final MeterRegistry registry;

	private final Predicate<Step> isRate;

	private final Timer wait;

	private final Counter unknownPlans;

	private final Counter failedPlans;

	/**
	 * Create the metrics.
	 * @param registry the registry of the meters
	 * @param isRate whether a throttle counts, also where it does not apply to a request
	 */
	public DecisionMetrics(MeterRegistry registry, Predicate<Step> isRate) {
		this.registry = registry;
		this.isRate = isRate;
		this.wait = Timer.builder("throttle.wait")
			.description("Time that denied clients were told to wait")
			.register(registry);
		this.unknownPlans = unresolvedPlans("unknown");
		this.failedPlans = unresolvedPlans("failed");
	}

	private Counter unresolvedPlans(String reason) {
		return Counter.builder("throttle.plans.unresolved")
			.description("Requests that have the usual rates because the plan of their client is not known")
			.tag("reason", reason)
			.register(this.registry);
	}

	@Override
	public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
		countQuotas(decision.results());
		countQuotas(decision.shadowResults());
		for (int i = 0; i < throttles.steps().size(); i++) {
			Step step = throttles.steps().get(i);
			if (!asks(decision.results(), step) && !asks(decision.shadowResults(), step)) {
				countVerdict(step, denies(decision, step));
			}
		}
		Duration retryAfter = decision.isAllowed() ? null : decision.retryAfter();
		if (retryAfter != null) {
			this.wait.record((retryAfter.compareTo(MAX_WAIT) < 0) ? retryAfter : MAX_WAIT);
		}
	}

	@Override
	public void refused(ThrottleRequest request, AppliedThrottles throttles, List<QuotaResult> asked,
			BackendUnavailableException cause) {
		countQuotas(asked);
	}

	@Override
	public void planUnresolved(ThrottleRequest request, @Nullable Throwable failure) {
		((failure != null) ? this.failedPlans : this.unknownPlans).increment();
	}

	@Override
	public void settled(QuotaResult quota, long settled, Settlement.Result result) {
		String scope = quota.policy().scope().name();
		if (this.settledScopes.size() < MAX_POLICIES) {
			this.settledScopes.add(scope);
		}
		Counter.builder("throttle.settlements")
			.description("Settlements of what requests reserved")
			.tag("scope", this.settledScopes.contains(scope) ? scope : OTHER)
			.tag("result", result.name().toLowerCase(Locale.ROOT))
			.register(this.registry)
			.increment();
	}

	private void countQuotas(List<QuotaResult> results) {
		for (int i = 0; i < results.size(); i++) {
			QuotaResult result = results.get(i);
			boolean unknown = result.policy().isShadow() && result.outcome().decidedBy() == DecidedBy.NOBODY;
			if (!unknown) {
				Policy policy = result.policy();
				count(result.step(), (policy.plan() != null) ? policy.plan() : NONE, policy.scope().name(),
						policy.name(), result.decisionOutcome());
			}
		}
	}

	private void countVerdict(Step step, boolean denied) {
		if (denied || !(step.throttle() instanceof SimpleRateThrottle || this.isRate.test(step))) {
			count(step, NONE, NONE, NONE, denied ? DecisionOutcome.DENIED : DecisionOutcome.ALLOWED);
		}
	}

	private static boolean asks(List<QuotaResult> results, Step step) {
		for (int i = 0; i < results.size(); i++) {
			if (results.get(i).step().name().equals(step.name())) {
				return true;
			}
		}
		return false;
	}

	private static boolean denies(Decision decision, Step step) {
		for (Decision.Denial denial : decision.denials()) {
			if (denial.step().name().equals(step.name())) {
				return true;
			}
		}
		return false;
	}

	private void count(Step step, String plan, String scope, String policy, DecisionOutcome outcome) {
		Map<String, Map<String, OutcomeCounters>> byPlan = this.byThrottle.get(step.name());
		Map<String, OutcomeCounters> byPolicy = (byPlan != null) ? byPlan.get(plan) : null;
		OutcomeCounters counters = (byPolicy != null) ? byPolicy.get(policy) : null;
		if (counters == null) {
			counters = counters(step.name(), plan, scope, policy);
		}
		counters.get(outcome).increment();
	}

	private OutcomeCounters counters(String throttle, String plan, String scope, String policy) {
		Map<String, OutcomeCounters> byPolicy = byPolicy(throttle, plan);
		if (!byPolicy.containsKey(policy) && this.policies.incrementAndGet() > MAX_POLICIES) {
			this.policies.set(MAX_POLICIES);
			return byPolicy(throttle, OTHER).computeIfAbsent(OTHER,
					(other) -> new OutcomeCounters(this.registry, throttle, OTHER, OTHER, OTHER));
		}
		return byPolicy.computeIfAbsent(policy,
				(added) -> new OutcomeCounters(this.registry, throttle, plan, scope, policy));
	}

	private Map<String, OutcomeCounters> byPolicy(String throttle, String plan) {
		return this.byThrottle.computeIfAbsent(throttle, (added) -> new ConcurrentHashMap<>())
			.computeIfAbsent(plan, (added) -> new ConcurrentHashMap<>());
	}

}
