package dev.throttle.engine;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Quota;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.Outcome;

/**
 * Asks the throttles of a plan about a request, has their quotas counted, and makes one
 * decision of it.
 *
 * @since 1.0.0
 */
public final class ThrottleEngine {

	private final Accountant accountant;

	private final SecretIdents secretIdents;

	/**
	 * Create an engine.
	 * @param accounting what a denied request uses up
	 * @param secretIdents the hashes of idents that are secrets
	 */
	public ThrottleEngine(Accounting accounting, SecretIdents secretIdents) {
		this.accountant = Accountant.of(accounting);
		this.secretIdents = secretIdents;
	}

	/**
	 * Decide a request. What a throttle or a backend throws is thrown on, after the
	 * throttles got back what they gave.
	 * @param request the request
	 * @param plan the throttles that apply to it
	 * @return the decision, to be {@linkplain Decision#release() released} when the
	 * request is over
	 */
	public Decision decide(ThrottleRequest request, ThrottlePlan plan) {
		if (plan.steps().isEmpty()) {
			return Decision.NOT_THROTTLED;
		}
		Releases releases = new Releases();
		boolean allowed = false;
		try {
			Decision decision = decide(request, plan, releases);
			allowed = decision.isAllowed();
			return decision;
		}
		finally {
			if (!allowed) {
				releases.run();
			}
		}
	}

	private Decision decide(ThrottleRequest request, ThrottlePlan plan, Releases releases) {
		List<Decision.Denial> denials = new ArrayList<>(0);
		List<Inquiry> inquiries = new ArrayList<>(plan.steps().size());
		for (int i = 0; i < plan.steps().size(); i++) {
			ThrottlePlan.Step step = plan.steps().get(i);
			Verdict verdict = step.throttle().check(request);
			if (verdict instanceof Verdict.Ask ask) {
				inquiries.add(new Inquiry(i, step.backend(), protect(step, ask.quotas())));
			}
			else if (verdict instanceof Verdict.Deny deny) {
				denials.add(new Decision.Denial(i, step.name(), deny.retryAfter(), false));
			}
			else if (verdict instanceof Verdict.Allow allow && allow.release() != null) {
				releases.add(allow.release());
			}
			else if (verdict == null) {
				throw new IllegalStateException(
						"The throttle '" + step.name() + "' answered null, which is no verdict");
			}
		}
		List<PolicyUse> uses = inquiries.isEmpty() ? List.of() : count(inquiries, !denials.isEmpty());
		addDenials(plan, uses, denials);
		return new Decision(uses, denials, releases);
	}

	/**
	 * Return a client as the backend of a throttle names it, by which it can be looked at
	 * or reset there.
	 * @param step the throttle that counts it
	 * @param client the client
	 * @return the client, of a secret ident the hash
	 */
	public Client named(ThrottlePlan.Step step, Client client) {
		Client declared = step.throttle().secretIdents() ? client.asSecret() : client;
		return declared.secret() ? this.secretIdents.protect(declared) : declared;
	}

	private List<Quota> protect(ThrottlePlan.Step step, List<Quota> quotas) {
		boolean all = step.throttle().secretIdents();
		boolean any = all;
		for (int i = 0; i < quotas.size() && !any; i++) {
			any = quotas.get(i).client().secret();
		}
		if (!any) {
			return quotas;
		}
		if (step.backend().shared() && this.secretIdents.isRandom()) {
			throw new IllegalStateException("The throttle '" + step.name()
					+ "' counts secret idents in a shared backend without a key under which all processes hash them");
		}
		return quotas.stream()
			.map((quota) -> (all || quota.client().secret()) ? this.secretIdents.protect(quota) : quota)
			.toList();
	}

	private List<PolicyUse> count(List<Inquiry> inquiries, boolean denied) {
		List<Outcome> outcomes = this.accountant.settle(inquiries, denied);
		List<PolicyUse> uses = new ArrayList<>(outcomes.size());
		for (Inquiry inquiry : inquiries) {
			for (Quota quota : inquiry.quotas()) {
				uses.add(new PolicyUse(quota.policy(), outcomes.get(uses.size()), inquiry.throttle()));
			}
		}
		return uses;
	}

	private static void addDenials(ThrottlePlan plan, List<PolicyUse> uses, List<Decision.Denial> denials) {
		for (int i = 0; i < uses.size();) {
			int throttle = uses.get(i).throttle();
			long waitNanos = -1;
			for (; i < uses.size() && uses.get(i).throttle() == throttle; i++) {
				Outcome outcome = uses.get(i).outcome();
				waitNanos = outcome.allowed() ? waitNanos : Math.max(waitNanos, outcome.waitNanos());
			}
			if (waitNanos >= 0) {
				denials.add(Decision.Denial.of(throttle, plan.steps().get(throttle).name(), waitNanos));
			}
		}
	}

}
