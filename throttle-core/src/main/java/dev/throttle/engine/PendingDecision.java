package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.InvalidVerdictException;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.engine.ThrottlePlan.Step;
import org.jspecify.annotations.Nullable;

/**
 * Makes the decision about one request, from the verdicts of its throttles and the
 * answers of the backends. It calls neither, so that synchronous and asynchronous callers
 * share it. Used by several threads, one after the other.
 */
final class PendingDecision {

	private final int throttles;

	private final Rates rates;

	private final SecretIdents secretIdents;

	private List<AskedQuotas> asked = List.of();

	private List<Decision.Denial> denials = List.of();

	private @Nullable Releases releases;

	private boolean anyShadow;

	PendingDecision(int throttles, Rates rates, SecretIdents secretIdents) {
		this.throttles = throttles;
		this.rates = rates;
		this.secretIdents = secretIdents;
	}

	/**
	 * Add the verdict of a throttle.
	 * @return this decision
	 * @throws InvalidVerdictException if the verdict is not valid
	 */
	PendingDecision add(Step step, @Nullable Verdict verdict) {
		if (verdict instanceof Verdict.Count count) {
			ask(step, count);
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
		return this;
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

	private void ask(Step step, Verdict.Count count) {
		List<Policy> policies = policies(step, count.scopes());
		Client client = count.client();
		if (client == null) {
			return;
		}
		if (client.isSecret()) {
			client = protect(step, client);
		}
		int shadows = 0;
		for (int i = 0; i < policies.size(); i++) {
			shadows += policies.get(i).isShadow() ? 1 : 0;
		}
		ask(step, client, count.cost(), policies, policies.size() - shadows, false);
		ask(step, client, count.cost(), policies, shadows, true);
	}

	private void ask(Step step, Client client, long cost, List<Policy> policies, int number, boolean shadow) {
		if (number == 0) {
			return;
		}
		this.anyShadow |= shadow;
		if (policies.size() == 1) {
			addQuotas(new AskedQuotas(step, List.of(new Quota(client, policies.get(0), cost)), shadow));
			return;
		}
		Quota[] quotas = new Quota[number];
		int next = 0;
		for (int i = 0; i < policies.size(); i++) {
			if (policies.get(i).isShadow() == shadow) {
				quotas[next++] = new Quota(client, policies.get(i), cost);
			}
		}
		addQuotas(new AskedQuotas(step, List.of(quotas), shadow));
	}

	private void addQuotas(AskedQuotas quotas) {
		if (this.asked.isEmpty()) {
			this.asked = List.of(quotas);
			return;
		}
		if (this.asked.size() == 1) {
			AskedQuotas first = this.asked.get(0);
			this.asked = new ArrayList<>(this.throttles);
			this.asked.add(first);
		}
		this.asked.add(quotas);
	}

	private List<Policy> policies(Step step, List<Scope> scopes) {
		if (scopes.size() == 1) {
			return policies(step, scopes.get(0));
		}
		List<Policy> policies = new ArrayList<>();
		scopes.forEach((scope) -> policies.addAll(policies(step, scope)));
		return policies;
	}

	private List<Policy> policies(Step step, Scope scope) {
		List<Policy> policies = this.rates.policies(scope);
		if (policies.isEmpty() && !this.rates.contains(scope)) {
			throw new InvalidVerdictException(step.name(), new InvalidVerdictException("it counts under the scope '"
					+ scope + "', which has no rate; set 'throttle.rates." + scope + "'"));
		}
		return policies;
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
	@Nullable AskedQuotas single() {
		AskedQuotas first = this.asked.get(0);
		return (this.denials.isEmpty() && this.asked.size() == 1 && first.quotas().size() == 1 && !first.isShadow())
				? first : null;
	}

	BackendCalls calls(Accounting accounting) {
		if (this.anyShadow && this.asked.size() > 1) {
			this.asked.sort(Comparator.comparing(AskedQuotas::isShadow));
		}
		return new BackendCalls(this.asked, accounting, !this.denials.isEmpty());
	}

	/**
	 * Make the decision.
	 * @param outcomes the outcomes of all quotas, in the order in which they were asked
	 */
	Decision decide(List<Outcome> outcomes) {
		List<QuotaResult> results = results(outcomes, false);
		addDenials(results);
		return new Decision(results, this.anyShadow ? results(outcomes, true) : List.of(), this.denials, this.releases);
	}

	/**
	 * Return the results of quotas that a backend could not count.
	 */
	List<QuotaResult> refused(BackendUnavailableException cause) {
		long nanos = cause.getRetryAfter().toNanos();
		Outcome outcome = new Outcome(false, 0, nanos, nanos, null, Outcome.DecidedBy.NOBODY);
		int quotas = this.asked.stream().mapToInt((each) -> each.quotas().size()).sum();
		return results(Collections.nCopies(quotas, outcome), false);
	}

	/**
	 * Run the release tasks of the throttles.
	 */
	void release() {
		if (this.releases != null) {
			this.releases.run();
		}
	}

	private List<QuotaResult> results(List<Outcome> outcomes, boolean shadow) {
		if (this.asked.isEmpty()) {
			return List.of();
		}
		if (outcomes.size() == 1) {
			AskedQuotas only = this.asked.get(0);
			return (only.isShadow() == shadow)
					? List.of(new QuotaResult(only.quotas().get(0), outcomes.get(0), only.step())) : List.of();
		}
		QuotaResult[] results = new QuotaResult[outcomes.size()];
		int count = 0;
		int next = 0;
		for (AskedQuotas each : this.asked) {
			for (Quota quota : each.quotas()) {
				Outcome outcome = outcomes.get(next++);
				if (each.isShadow() == shadow) {
					results[count++] = new QuotaResult(quota, outcome, each.step());
				}
			}
		}
		return List.of((count < results.length) ? Arrays.copyOf(results, count) : results);
	}

	private void addDenials(List<QuotaResult> results) {
		for (int i = 0; i < results.size();) {
			Step step = results.get(i).step();
			long waitNanos = -1;
			for (; i < results.size() && results.get(i).step().equals(step); i++) {
				Outcome outcome = results.get(i).outcome();
				waitNanos = outcome.isAllowed() ? waitNanos : Math.max(waitNanos, outcome.waitNanos());
			}
			if (waitNanos >= 0) {
				addDenial(Decision.Denial.of(step, waitNanos));
			}
		}
	}

}
