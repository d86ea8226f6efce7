package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.InvalidVerdictException;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.engine.AppliedThrottles.Step;
import org.jspecify.annotations.Nullable;

/**
 * Makes the decision about one request, from the verdicts of its throttles and the
 * answers of the backends. It calls neither, so that synchronous and asynchronous callers
 * share it. Used by several threads, one after the other.
 */
final class PendingDecision {

	private final ThrottleRequest request;

	private final Rates rates;

	private final SecretIdents secretIdents;

	private final boolean peeking;

	/**
	 * What to count, until the plans of the clients are known; null if there are no
	 * plans.
	 */
	private final @Nullable List<Counted> counted;

	private @Nullable String plan;

	/** Shadow quotas come last. */
	private List<AskedQuota> asked = List.of();

	private List<Decision.Denial> denials = List.of();

	private @Nullable Releases releases;

	/**
	 * Create a pending decision.
	 * @param peeking whether the request costs 1 and is not recorded, to show its
	 * enforced quotas, each of them once
	 */
	PendingDecision(ThrottleRequest request, Rates rates, SecretIdents secretIdents, boolean peeking) {
		this.request = request;
		this.rates = rates;
		this.secretIdents = secretIdents;
		this.peeking = peeking;
		this.counted = rates.hasPlans() ? new ArrayList<>(2) : null;
	}

	/**
	 * Add the verdict of a throttle.
	 * @throws InvalidVerdictException if the verdict is not valid
	 */
	void add(Step step, @Nullable Verdict verdict) {
		if (verdict instanceof Verdict.Count count) {
			if (this.counted != null) {
				this.counted.add(new Counted(step, count));
			}
			else {
				ask(step, count, null);
			}
		}
		else if (verdict instanceof Verdict.Deny deny) {
			addDenial(new Decision.Denial(step, deny.retryAfter(), false));
		}
		else if (verdict instanceof Verdict.Allow allow) {
			if (allow.release() != null) {
				addRelease(allow.release());
			}
		}
		else {
			throw new InvalidVerdictException(step.name(), new InvalidVerdictException("it is null"));
		}
	}

	/**
	 * Return a request whose client has a plan that makes a difference and is not known
	 * yet.
	 * @return the request; null if no other plan is needed
	 */
	@Nullable ThrottleRequest nextWithoutPlan() {
		List<Counted> counted = this.counted;
		for (int i = 0; counted != null && i < counted.size(); i++) {
			Counted each = counted.get(i);
			if (!each.isPlanned && isOfPlans(each.count)) {
				return requestOf(each.count);
			}
		}
		return null;
	}

	private ThrottleRequest requestOf(Verdict.Count count) {
		return (this.request instanceof JointRequest joint && count.client() != null) ? joint.of(count.client())
				: this.request;
	}

	/**
	 * Add the plan of a request's client, for all that is counted for it.
	 * @param request the request, as {@link #nextWithoutPlan()} returned it
	 * @param plan the plan, null for the usual rates
	 */
	void planned(ThrottleRequest request, @Nullable String plan) {
		List<Counted> counted = this.counted;
		for (int i = 0; counted != null && i < counted.size(); i++) {
			Counted each = counted.get(i);
			if (!each.isPlanned && requestOf(each.count).equals(request)) {
				each.isPlanned = true;
				each.plan = plan;
			}
		}
		this.plan = (this.plan != null) ? this.plan : plan;
	}

	private boolean isOfPlans(Verdict.Count count) {
		for (int i = 0; count.client() != null && i < count.scopes().size(); i++) {
			if (this.rates.isOfPlans(count.scopes().get(i))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Ask for the quotas, after all verdicts and plans were added.
	 */
	void askAll() {
		if (this.counted != null) {
			this.counted.forEach((each) -> ask(each.step, each.count, each.plan));
			this.counted.clear();
		}
	}

	private void addDenial(Decision.Denial denial) {
		if (this.denials.isEmpty()) {
			this.denials = new ArrayList<>(2);
		}
		this.denials.add(denial);
	}

	private void addRelease(Runnable release) {
		if (this.releases == null) {
			this.releases = new Releases();
		}
		this.releases.add(release);
	}

	private void ask(Step step, Verdict.Count count, @Nullable String plan) {
		Client client = count.client();
		Client known = (client != null && client.isSecret()) ? protect(step, client) : client;
		for (int i = 0; i < count.scopes().size(); i++) {
			Scope scope = count.scopes().get(i);
			CountedPolicies counted = counted(step, scope, plan);
			if (known != null) {
				long cost = this.peeking ? 1 : (count.cost() == 1) ? this.request.cost(scope) : count.cost();
				addAll(step, known, counted.enforced(), cost);
				addAll(step, known, this.peeking ? List.of() : counted.shadows(), cost);
			}
		}
	}

	private void addAll(Step step, Client client, List<List<Policy>> byHistory, long cost) {
		for (int i = 0; i < byHistory.size() && cost != 0; i++) {
			add(step, client, byHistory.get(i), cost);
		}
	}

	private void add(Step step, Client client, List<Policy> policies, long cost) {
		AskedQuota added = new AskedQuota(step, new Quota(client, policies, cost));
		if (this.asked.isEmpty()) {
			this.asked = List.of(added);
			return;
		}
		if (this.peeking && this.asked.stream().anyMatch(added::isCountedAs)) {
			return;
		}
		if (this.asked.size() == 1) {
			this.asked = new ArrayList<>(this.asked);
		}
		int end = this.asked.size();
		while (end > 0 && !added.isShadow() && this.asked.get(end - 1).isShadow()) {
			end--;
		}
		this.asked.add(end, added);
	}

	private CountedPolicies counted(Step step, Scope scope, @Nullable String plan) {
		CountedPolicies counted = this.rates.counted(scope, plan);
		if (counted == null) {
			throw new InvalidVerdictException(step.name(), new InvalidVerdictException("it counts under the scope '"
					+ scope + "', which has no rate; set 'throttle.rates." + scope + "'"));
		}
		return counted;
	}

	private Client protect(Step step, Client client) {
		if (step.backend().isShared() && this.secretIdents.isRandom()) {
			throw new InvalidVerdictException(step.name(), new InvalidVerdictException(
					"it counts secret idents in a shared backend; set 'throttle.client.hash-secret', the same in all instances"));
		}
		return this.secretIdents.protect(client);
	}

	/**
	 * Return whether no backend has to be asked.
	 */
	boolean asksNothing() {
		return this.asked.isEmpty();
	}

	/**
	 * Return the quota if there is only one, it is enforced, and no throttle denies the
	 * request. The accounting then makes no difference. A shadow quota must reach the
	 * backend as one.
	 */
	@Nullable AskedQuota single() {
		AskedQuota first = this.asked.get(0);
		return (!this.peeking && this.denials.isEmpty() && this.asked.size() == 1 && !first.isShadow()) ? first : null;
	}

	BackendCalls calls(Accounting accounting) {
		return this.peeking ? BackendCalls.peeking(this.asked)
				: new BackendCalls(this.asked, accounting, !this.denials.isEmpty());
	}

	boolean isPeeking() {
		return this.peeking;
	}

	boolean isRepeated() {
		return this.request instanceof JointRequest joint && joint.isRepeated();
	}

	/**
	 * Make the decision.
	 * @param outcomes the outcomes of all quotas, in the order in which they were asked
	 * @param jitter by how much a wait for a boundary of the calendar is lengthened at
	 * most, as a share of it
	 */
	Decision decide(List<Outcome> outcomes, double jitter) {
		List<QuotaResult> results = results(outcomes);
		List<QuotaResult> shadows = List.of();
		int enforced = enforced(results);
		if (enforced < results.size()) {
			shadows = results.subList(enforced, results.size());
			results = results.subList(0, enforced);
		}
		addDenials(results, jitter);
		return new Decision(results, shadows, this.denials, this.releases, this.plan);
	}

	/**
	 * Return the results of quotas that a backend could not count.
	 */
	List<QuotaResult> refused(BackendUnavailableException cause) {
		long nanos = cause.getRetryAfter().toNanos();
		Outcome outcome = new Outcome(false, 0, nanos, nanos, null, Outcome.DecidedBy.NOBODY);
		int outcomes = this.asked.stream().mapToInt(AskedQuota::outcomes).sum();
		List<QuotaResult> results = results(Collections.nCopies(outcomes, outcome));
		return results.subList(0, enforced(results));
	}

	/**
	 * Run the release tasks of the throttles.
	 */
	void release() {
		if (this.releases != null) {
			this.releases.run();
		}
	}

	private List<QuotaResult> results(List<Outcome> outcomes) {
		if (outcomes.size() == 1) {
			return List.of(this.asked.get(0).result(0, outcomes.get(0)));
		}
		QuotaResult[] results = new QuotaResult[outcomes.size()];
		int next = 0;
		for (AskedQuota each : this.asked) {
			for (int i = 0; i < each.outcomes(); i++) {
				results[next] = each.result(i, outcomes.get(next));
				next++;
			}
		}
		return List.of(results);
	}

	/**
	 * Return how many results are not those of shadow quotas, which come last.
	 */
	private static int enforced(List<QuotaResult> results) {
		int enforced = results.size();
		while (enforced > 0 && results.get(enforced - 1).policy().isShadow()) {
			enforced--;
		}
		return enforced;
	}

	private void addDenials(List<QuotaResult> results, double jitter) {
		for (int i = 0; i < results.size();) {
			Step step = results.get(i).step();
			long waitNanos = -1;
			for (; i < results.size() && results.get(i).step().equals(step); i++) {
				QuotaResult result = results.get(i);
				waitNanos = result.outcome().isAllowed() ? waitNanos : Math.max(waitNanos, waitNanos(result, jitter));
			}
			if (waitNanos >= 0) {
				addDenial(Decision.Denial.of(step, waitNanos));
			}
		}
	}

	/**
	 * Return the wait that a client is told. All who wait for one boundary would come
	 * back at the same time, so a jitter spreads them.
	 */
	private static long waitNanos(QuotaResult denied, double jitter) {
		long wait = denied.outcome().waitNanos();
		boolean spread = jitter > 0 && denied.policy().isCalendar() && wait != Outcome.NEVER;
		return spread ? wait + (long) (wait * jitter * ThreadLocalRandom.current().nextDouble()) : wait;
	}

	/**
	 * The verdict of a throttle that counts, and the plan by which it is counted.
	 */
	private static final class Counted {

		private final Step step;

		private final Verdict.Count count;

		private boolean isPlanned;

		private @Nullable String plan;

		private Counted(Step step, Verdict.Count count) {
			this.step = step;
			this.count = count;
		}

	}

}
