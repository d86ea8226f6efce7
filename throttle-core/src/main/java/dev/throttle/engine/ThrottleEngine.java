package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.InvalidVerdictException;
import dev.throttle.Quota;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Asks the throttles of a plan about a request, has their quotas counted, and makes one
 * decision of it.
 *
 * @since 1.0.0
 */
public final class ThrottleEngine {

	private final Accounting accounting;

	private final Accountant accountant;

	private final SecretIdents secretIdents;

	private final DecisionListeners listeners;

	private final boolean off;

	/**
	 * Create an engine that nobody listens to.
	 * @param accounting what a denied request uses up
	 * @param secretIdents the hashes of idents that are secrets
	 */
	public ThrottleEngine(Accounting accounting, SecretIdents secretIdents) {
		this(accounting, secretIdents, List.of());
	}

	/**
	 * Create an engine.
	 * @param accounting what a denied request uses up
	 * @param secretIdents the hashes of idents that are secrets
	 * @param listeners who is told of decisions
	 */
	public ThrottleEngine(Accounting accounting, SecretIdents secretIdents, List<DecisionListener> listeners) {
		this(accounting, secretIdents, listeners, false);
	}

	private ThrottleEngine(Accounting accounting, SecretIdents secretIdents, List<DecisionListener> listeners,
			boolean off) {
		this.accounting = accounting;
		this.accountant = Accountant.of(accounting);
		this.secretIdents = secretIdents;
		this.listeners = new DecisionListeners(listeners);
		this.off = off;
	}

	/**
	 * Return an engine that is switched off: it allows every request, and neither asks
	 * nor tells anybody.
	 * @param accounting what a denied request would use up
	 * @param secretIdents the hashes of idents that are secrets
	 * @return the engine
	 */
	public static ThrottleEngine off(Accounting accounting, SecretIdents secretIdents) {
		return new ThrottleEngine(accounting, secretIdents, List.of(), true);
	}

	/**
	 * Return what a denied request uses up.
	 * @return the accounting
	 */
	public Accounting accounting() {
		return this.accounting;
	}

	/**
	 * Decide a request. What a throttle or a backend throws is thrown on, after the
	 * throttles got back what they gave.
	 * @param request the request
	 * @param plan the throttles that apply to it
	 * @return the decision, to be {@linkplain Decision#release() released} when the
	 * request is over
	 * @throws InvalidVerdictException if a throttle answers what is no verdict
	 */
	public Decision decide(ThrottleRequest request, ThrottlePlan plan) {
		if (plan.steps().isEmpty() || this.off) {
			return Decision.NOT_THROTTLED;
		}
		Releases releases = new Releases();
		boolean allowed = false;
		try {
			Decision decision = decide(request, plan, releases);
			if (!this.listeners.isEmpty()) {
				this.listeners.tell((listener) -> listener.decided(request, plan, decision));
			}
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
		boolean anyShadow = false;
		for (int i = 0; i < plan.steps().size(); i++) {
			ThrottlePlan.Step step = plan.steps().get(i);
			Verdict verdict = check(step, request);
			if (verdict instanceof Verdict.Ask ask) {
				anyShadow |= inquire(i, step.backend(), protect(step, ask.quotas()), inquiries);
			}
			else if (verdict instanceof Verdict.Deny deny) {
				denials.add(new Decision.Denial(i, step.name(), deny.retryAfter(), false));
			}
			else if (verdict instanceof Verdict.Allow allow && allow.release() != null) {
				releases.add(allow.release());
			}
		}
		if (anyShadow) {
			inquiries.sort(Comparator.comparing(Inquiry::shadow));
		}
		List<Outcome> outcomes = settle(request, plan, inquiries, !denials.isEmpty());
		List<QuotaResult> results = uses(inquiries, outcomes, false);
		addDenials(plan, results, denials);
		return new Decision(results, anyShadow ? uses(inquiries, outcomes, true) : List.of(), denials, releases);
	}

	private static Verdict check(ThrottlePlan.Step step, ThrottleRequest request) {
		try {
			Verdict verdict = step.throttle().check(request);
			if (verdict == null) {
				throw new InvalidVerdictException("it is null");
			}
			return verdict;
		}
		catch (InvalidVerdictException ex) {
			throw new InvalidVerdictException(step.name(), ex);
		}
	}

	/**
	 * Add what a throttle asks.
	 * @return whether some of it is a shadow
	 */
	private static boolean inquire(int throttle, CacheBackend backend, List<Quota> quotas, List<Inquiry> inquiries) {
		int shadows = 0;
		for (int i = 0; i < quotas.size(); i++) {
			shadows += quotas.get(i).policy().isShadow() ? 1 : 0;
		}
		if (shadows == 0) {
			inquiries.add(new Inquiry(throttle, backend, quotas, false));
			return false;
		}
		if (shadows < quotas.size()) {
			inquiries.add(new Inquiry(throttle, backend, only(quotas, false), false));
		}
		inquiries.add(new Inquiry(throttle, backend, only(quotas, true), true));
		return true;
	}

	private static List<Quota> only(List<Quota> quotas, boolean shadow) {
		return quotas.stream().filter((quota) -> quota.policy().isShadow() == shadow).toList();
	}

	/**
	 * Return a client as the backend of a throttle names it, by which it can be looked at
	 * or reset there.
	 * @param step the throttle that counts it
	 * @param client the client
	 * @return the client, of a secret ident the hash
	 */
	public Client asCounted(ThrottlePlan.Step step, Client client) {
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
			throw new InvalidVerdictException(step.name(), new InvalidVerdictException(
					"it counts secret idents in a shared backend, but there is no key under which all processes hash them"));
		}
		return quotas.stream()
			.map((quota) -> (all || quota.client().secret()) ? this.secretIdents.protect(quota) : quota)
			.toList();
	}

	private List<Outcome> settle(ThrottleRequest request, ThrottlePlan plan, List<Inquiry> inquiries, boolean denied) {
		if (inquiries.isEmpty()) {
			return List.of();
		}
		Quota single = denied ? null : singleEnforced(inquiries);
		try {
			return (single != null) ? List.of(inquiries.get(0).backend().decide(single))
					: this.accountant.settle(inquiries, denied);
		}
		catch (BackendUnavailableException ex) {
			if (!this.listeners.isEmpty()) {
				List<QuotaResult> asked = refused(inquiries, ex);
				this.listeners.tell((listener) -> listener.refused(request, plan, asked, ex));
			}
			throw ex;
		}
	}

	/**
	 * Return the quota if there is but one, and it is enforced. Unless the request is
	 * denied already, any accounting decides it alike, and there is no group to be made.
	 * A shadow must reach the backend as one.
	 */
	private static @Nullable Quota singleEnforced(List<Inquiry> inquiries) {
		Inquiry first = inquiries.get(0);
		return (inquiries.size() == 1 && first.quotas().size() == 1 && !first.shadow()) ? first.quotas().get(0) : null;
	}

	private static List<QuotaResult> refused(List<Inquiry> inquiries, BackendUnavailableException cause) {
		long nanos = cause.getRetryAfter().toNanos();
		Outcome outcome = new Outcome(false, 0, nanos, nanos, null, Outcome.DecidedBy.NOBODY);
		int quotas = inquiries.stream().mapToInt((inquiry) -> inquiry.quotas().size()).sum();
		return uses(inquiries, Collections.nCopies(quotas, outcome), false);
	}

	private static List<QuotaResult> uses(List<Inquiry> inquiries, List<Outcome> outcomes, boolean shadow) {
		if (inquiries.isEmpty()) {
			return List.of();
		}
		QuotaResult[] results = new QuotaResult[outcomes.size()];
		int count = 0;
		int next = 0;
		for (Inquiry inquiry : inquiries) {
			for (Quota quota : inquiry.quotas()) {
				Outcome outcome = outcomes.get(next++);
				if (inquiry.shadow() == shadow) {
					results[count++] = new QuotaResult(quota, outcome, inquiry.throttle());
				}
			}
		}
		return List.of((count < results.length) ? Arrays.copyOf(results, count) : results);
	}

	private static void addDenials(ThrottlePlan plan, List<QuotaResult> results, List<Decision.Denial> denials) {
		for (int i = 0; i < results.size();) {
			int throttle = results.get(i).throttle();
			long waitNanos = -1;
			for (; i < results.size() && results.get(i).throttle() == throttle; i++) {
				Outcome outcome = results.get(i).outcome();
				waitNanos = outcome.allowed() ? waitNanos : Math.max(waitNanos, outcome.waitNanos());
			}
			if (waitNanos >= 0) {
				denials.add(Decision.Denial.of(throttle, plan.steps().get(throttle).name(), waitNanos));
			}
		}
	}

}
