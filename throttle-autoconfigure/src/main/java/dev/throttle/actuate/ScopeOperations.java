package dev.throttle.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.throttle.Client;
import dev.throttle.InvalidRateException;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.Rates;
import dev.throttle.Scope;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.actuate.ThrottlesEndpoint.ClientDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.QuotaDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.RateDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.ScopeDescriptor;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.ScopeDirectory;
import dev.throttle.handler.ScopeDirectory.Counting;
import dev.throttle.handler.ThrottleRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the quotas of a scope's clients, resets them, and puts rates in force.
 */
final class ScopeOperations {

	private static final long NANOS_PER_SECOND = 1_000_000_000;

	private final ScopeDirectory scopes;

	private final RateRegistry rates;

	private final ThrottleEngine engine;

	private final ClientAddressResolver addresses;

	private final ThrottlesReport report;

	private final ThrottleAudit audit;

	ScopeOperations(ScopeDirectory scopes, RateRegistry rates, ThrottleEngine engine, ClientAddressResolver addresses,
			ThrottlesReport report, ThrottleAudit audit) {
		this.scopes = scopes;
		this.rates = rates;
		this.engine = engine;
		this.addresses = addresses;
		this.report = report;
		this.audit = audit;
	}

	@Nullable ScopeDescriptor use(String scope, @Nullable String ident) {
		List<Counting> countings = this.scopes.find(scope);
		return countings.isEmpty() ? null : describe(scope, (ident != null) ? counted(countings, ident) : null);
	}

	@Nullable ScopeDescriptor reset(String scope, @Nullable String ident, @Nullable String principal) {
		List<Counting> countings = this.scopes.find(scope);
		if (countings.isEmpty()) {
			return null;
		}
		if (ident == null) {
			throw new IllegalArgumentException(
					"Say whose count to reset with the parameter 'ident': a user's name, an address or what else the throttles of the scope count by.");
		}
		List<Counted> counted = counted(countings, ident);
		List<Client> asked = new ArrayList<>();
		boolean confirmed = false;
		try {
			for (Counted each : counted) {
				asked.add(each.client());
				each.policies().forEach((policy) -> each.backend().reset(each.client(), policy));
			}
			confirmed = true;
		}
		finally {
			this.audit.reset(principal, Scope.canonical(scope), asked, confirmed);
		}
		return afterReset(scope, counted);
	}

	/**
	 * Describe a scope, without the clients where the backend does not tell any more.
	 */
	private ScopeDescriptor afterReset(String scope, List<Counted> counted) {
		try {
			return describe(scope, counted);
		}
		catch (BackendUnavailableException ex) {
			return describe(scope, null);
		}
	}

	@Nullable ScopeDescriptor override(String scope, String rate, @Nullable Duration duration, @Nullable String principal) {
		if (!isKnown(scope)) {
			return null;
		}
		try {
			return change(scope, rate, principal, () -> this.rates.override(scope, rate, duration));
		}
		catch (InvalidRateException ex) {
			throw new IllegalArgumentException(ex.getMessage()
					+ ". Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day', or '" + Rates.UNLIMITED
					+ "' for no limit, or '" + ThrottlesEndpoint.CONFIGURED + "' for the configured one.", ex);
		}
	}

	@Nullable ScopeDescriptor removeOverride(String scope, @Nullable String principal) {
		return isKnown(scope)
				? change(scope, ThrottlesEndpoint.CONFIGURED, principal, () -> this.rates.removeOverride(scope)) : null;
	}

	private ScopeDescriptor change(String scope, String rate, @Nullable String principal, Runnable change) {
		RateDescriptor before = this.report.rate(Scope.canonical(scope));
		try {
			change.run();
		}
		catch (BackendUnavailableException ex) {
			this.audit.unconfirmedRate(principal, name(scope), before, rate);
			throw ex;
		}
		ScopeDescriptor changed = describe(scope, null);
		this.audit.rate(principal, before, changed);
		return changed;
	}

	/**
	 * Return whether a scope is known, so that its rate can be changed.
	 * @throws IllegalArgumentException if it is, but its rate stands in the code
	 */
	private boolean isKnown(String scope) {
		if (this.scopes.find(scope).isEmpty()) {
			return false;
		}
		if (!this.rates.configured().contains(scope)) {
			throw new IllegalArgumentException(
					"The rate of the scope '" + name(scope) + "' stands in the code. Configure it as 'throttle.rates."
							+ name(scope) + "' instead, so that it can be changed while the application runs.");
		}
		return true;
	}

	String unknown(String scope) {
		return this.scopes.unknown(scope);
	}

	private String name(String scope) {
		List<Policy> policies = this.rates.configured().policies(Scope.canonical(scope));
		if (policies.isEmpty()) {
			policies = this.scopes.find(scope).get(0).policies();
		}
		return policies.isEmpty() ? Scope.canonical(scope) : policies.get(0).scope();
	}

	private ScopeDescriptor describe(String scope, @Nullable List<Counted> counted) {
		return new ScopeDescriptor(name(scope), this.report.rate(Scope.canonical(scope)),
				(counted != null) ? counted.stream().map(ScopeOperations::describe).toList() : null);
	}

	private List<Counted> counted(List<Counting> countings, String ident) {
		if (ident.isBlank()) {
			throw new IllegalArgumentException("The parameter 'ident' is empty. Write a user's name, an address or "
					+ "what else the throttles of the scope count by.");
		}
		if (countings.stream().allMatch((counting) -> counting.policies().isEmpty())) {
			return List.of();
		}
		String address = this.addresses.address(ident);
		Map<Counted, List<String>> throttles = new LinkedHashMap<>();
		boolean known = false;
		for (Counting counting : countings) {
			Step step = counting.step();
			SimpleRateThrottle throttle = ThrottleRegistry.rateThrottle(step);
			if (throttle != null && !counting.policies().isEmpty()) {
				known = true;
				for (Client client : throttle.clients(ident, address)) {
					Counted counted = new Counted(this.engine.asCounted(step, client), step.backend(),
							ThrottlesReport.backend(step), counting.policies(), List.of());
					throttles.computeIfAbsent(counted, (absent) -> new ArrayList<>()).add(step.name());
				}
			}
		}
		if (!known) {
			throw new IllegalArgumentException("The scope is counted by '" + countings.get(0).step().name()
					+ "', which is no SimpleRateThrottle and does not tell its clients.");
		}
		if (throttles.isEmpty()) {
			throw new IllegalArgumentException(
					"That ident is nobody whom this scope counts: anonymous requests are counted by address, such as '192.0.2.1' or '2001:db8::1'.");
		}
		List<Counted> all = new ArrayList<>();
		throttles.forEach((counted, names) -> all.add(counted.by(names)));
		return all;
	}

	private static ClientDescriptor describe(Counted counted) {
		List<Quota> quotas = counted.policies().stream().map((policy) -> new Quota(counted.client(), policy)).toList();
		List<Outcome> outcomes = counted.backend().peek(new QuotaGroup(quotas));
		List<QuotaDescriptor> described = new ArrayList<>();
		for (int i = 0; i < quotas.size(); i++) {
			described.add(describe(quotas.get(i).policy(), outcomes.get(i)));
		}
		DecidedBy decidedBy = outcomes.get(0).decidedBy();
		String countedBy = (decidedBy != DecidedBy.BACKEND) ? decidedBy.name().toLowerCase(Locale.ROOT) : null;
		return new ClientDescriptor(counted.client().kind(), counted.throttles(), counted.backendName(), countedBy,
				described);
	}

	private static QuotaDescriptor describe(Policy policy, Outcome outcome) {
		long limit = policy.rate().limit();
		Long seconds = (outcome.resetNanos() > 0)
				? outcome.resetNanos() / NANOS_PER_SECOND + ((outcome.resetNanos() % NANOS_PER_SECOND > 0) ? 1 : 0)
				: null;
		return new QuotaDescriptor(policy.name(), policy.rate().toString(), policy.isShadow() ? true : null, limit,
				Math.max(0, limit - outcome.remaining()), outcome.remaining(), seconds);
	}

	/**
	 * A client as a backend names it, and the policies by which it is counted there.
	 */
	private record Counted(Client client, CacheBackend backend, String backendName, List<Policy> policies,
			List<String> throttles) {

		Counted by(List<String> names) {
			return new Counted(this.client, this.backend, this.backendName, this.policies, names);
		}

	}

}
