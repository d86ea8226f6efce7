package dev.throttle.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.throttle.Client;
import dev.throttle.InvalidRateException;
import dev.throttle.WholeSeconds;
import dev.throttle.actuate.ThrottlesEndpoint.ClientDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.QuotaDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.RateDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.ScopeDescriptor;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ScopeDirectory;
import dev.throttle.handler.ScopeDirectory.CountedScope;
import org.jspecify.annotations.Nullable;

/**
 * Reads and resets the quotas of a scope's clients, and changes rates at run time.
 */
final class ScopeOperations {

	private static final String WRITE_CLIENT = "Write it as 'kind:ident', such as 'user:alice', 'address:192.0.2.1' or 'tenant:acme'.";

	/** An ident that no client has. */
	private static final String STRANGER = "\\~";

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

	@Nullable ScopeDescriptor use(String name, @Nullable String client, @Nullable String plan) {
		CountedScope scope = this.scopes.find(name, plan);
		if (scope == null) {
			return null;
		}
		return describe(scope, (client != null) ? clients(scope, client) : null);
	}

	@Nullable ScopeDescriptor reset(String name, @Nullable String client, @Nullable String principal) {
		CountedScope scope = this.scopes.find(name, null);
		if (scope == null) {
			return null;
		}
		if (client == null) {
			throw new IllegalArgumentException("The parameter 'client' is missing. " + WRITE_CLIENT);
		}
		List<CountedClient> clients = clients(scope, client);
		List<Client> asked = new ArrayList<>();
		boolean confirmed = false;
		try {
			for (CountedClient each : clients) {
				asked.add(each.client());
				each.names().forEach((named) -> each.backend().reset(named, scope.scope()));
			}
			confirmed = true;
		}
		finally {
			this.audit.reset(principal, scope.scope().name(), asked, confirmed);
		}
		return afterReset(scope, clients);
	}

	/**
	 * Describe a scope, without the client if the backend has stopped answering.
	 */
	private ScopeDescriptor afterReset(CountedScope scope, List<CountedClient> clients) {
		try {
			return describe(scope, clients);
		}
		catch (BackendUnavailableException ex) {
			return describe(scope, null);
		}
	}

	@Nullable ScopeDescriptor override(String name, @Nullable String plan, String rate, @Nullable Duration duration,
			@Nullable String principal) {
		try {
			return change(name, plan, rate, principal, (scope) -> {
				if (plan != null) {
					this.rates.overridePlan(plan, scope, rate, duration);
				}
				else {
					this.rates.override(scope, rate, duration);
				}
			});
		}
		catch (InvalidRateException ex) {
			throw new IllegalArgumentException(ex.getMessage()
					+ ". Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day', or '" + Rates.UNLIMITED
					+ "' for no limit, or '" + ThrottlesEndpoint.CONFIGURED + "' for the configured one.", ex);
		}
	}

	@Nullable ScopeDescriptor removeOverride(String name, @Nullable String plan, @Nullable String principal) {
		return change(name, plan, ThrottlesEndpoint.CONFIGURED, principal, (scope) -> {
			if (plan != null) {
				this.rates.removePlanOverride(plan, scope);
			}
			else {
				this.rates.removeOverride(scope);
			}
		});
	}

	private @Nullable ScopeDescriptor change(String name, @Nullable String plan, String rate,
			@Nullable String principal, Consumer<String> change) {
		CountedScope scope = this.scopes.find(name, plan);
		if (scope == null) {
			return null;
		}
		String spelled = scope.scope().name();
		if (!isConfigured(scope)) {
			throw new IllegalArgumentException(
					"The rate of the scope '" + spelled + "' is set in the code. Set it in 'throttle.rates." + spelled
							+ "' instead, so that it can be changed at run time.");
		}
		RateDescriptor before = this.report.rate(scope.scope(), scope.plan());
		try {
			change.accept(spelled);
		}
		catch (BackendUnavailableException ex) {
			this.audit.unconfirmedRate(principal, spelled, scope.plan(), before, rate);
			throw ex;
		}
		ScopeDescriptor changed = describe(scope, null);
		this.audit.rate(principal, before, changed);
		return changed;
	}

	private boolean isConfigured(CountedScope scope) {
		PlanRates plan = (scope.plan() != null) ? this.rates.configured().plan(scope.plan()) : null;
		return this.rates.configured().contains(scope.scope())
				|| plan != null && plan.policies().containsKey(scope.scope());
	}

	String unknown(String name) {
		return this.scopes.unknown(name);
	}

	private ScopeDescriptor describe(CountedScope scope, @Nullable List<CountedClient> clients) {
		return new ScopeDescriptor(scope.scope().name(), scope.plan(), this.report.rate(scope.scope(), scope.plan()),
				(clients != null) ? clients.stream().map((each) -> describeClient(scope, each)).toList() : null);
	}

	/**
	 * Return a client as each backend of the scope's throttles counts it.
	 */
	private List<CountedClient> clients(CountedScope scope, String text) {
		Client client = client(text);
		if (scope.policies().isEmpty()) {
			return List.of();
		}
		Map<CacheBackend, List<Step>> byBackend = new LinkedHashMap<>();
		scope.steps()
			.forEach((step) -> byBackend.computeIfAbsent(step.backend(), (added) -> new ArrayList<>()).add(step));
		List<CountedClient> clients = new ArrayList<>();
		Set<Client> names = names(client);
		byBackend.forEach((backend, steps) -> clients.add(new CountedClient(asCounted(scope, client, backend), names,
				backend, ThrottlesReport.backend(steps.get(0)), steps.stream().map(Step::name).toList())));
		return clients;
	}

	private Client client(String text) {
		int colon = text.indexOf(':');
		if (colon < 1 || colon == text.length() - 1) {
			throw new IllegalArgumentException("The parameter 'client' is not valid. " + WRITE_CLIENT);
		}
		String kind = text.substring(0, colon);
		String ident = text.substring(colon + 1);
		return switch (kind) {
			case Client.USER -> Client.user(ident);
			case Client.ADDRESS -> Client.address(address(ident));
			default -> new Client(kind, ident, false);
		};
	}

	private String address(String text) {
		String address = this.addresses.address(text);
		if (address == null) {
			throw new IllegalArgumentException(
					"The address in the parameter 'client' is not valid. Write it as in 'address:192.0.2.1' or 'address:2001:db8::1'.");
		}
		return address;
	}

	/**
	 * Return a client with the ident that a backend counts it under. If it is neither a
	 * user nor an address, its ident may be written as one part, or be a secret: it is
	 * treated as a secret unless another form of it has a history.
	 */
	private Client asCounted(CountedScope scope, Client client, CacheBackend backend) {
		if (!mayBeSecret(client)) {
			return client;
		}
		Client ofOnePart = Client.of(client.kind(), client.ident());
		return hasHistory(scope, client, backend) ? client
				: hasHistory(scope, ofOnePart, backend) ? ofOnePart : asSecret(client);
	}

	private static boolean mayBeSecret(Client client) {
		return !client.kind().equals(Client.USER) && !client.kind().equals(Client.ADDRESS);
	}

	private Client asSecret(Client client) {
		return this.engine.asCounted(Client.secret(client.kind(), client.ident()));
	}

	/**
	 * Return the names under which a client may be counted.
	 */
	private Set<Client> names(Client client) {
		if (!mayBeSecret(client)) {
			return Set.of(client);
		}
		Set<Client> names = new LinkedHashSet<>(List.of(client, asSecret(client)));
		names.add(Client.of(client.kind(), client.ident()));
		return names;
	}

	/**
	 * Return whether a client has a history of its own, and not that of strangers, who
	 * share one where a backend is full.
	 */
	private static boolean hasHistory(CountedScope scope, Client client, CacheBackend backend) {
		Client stranger = new Client(client.kind(), STRANGER, false);
		return !remaining(scope, client, backend).equals(remaining(scope, stranger, backend));
	}

	private static List<Long> remaining(CountedScope scope, Client client, CacheBackend backend) {
		return peek(scope, client, backend).values().stream().map(Outcome::remaining).toList();
	}

	private static Map<Policy, Outcome> peek(CountedScope scope, Client client, CacheBackend backend) {
		List<Quota> quotas = scope.policies()
			.stream()
			.collect(Collectors.groupingBy(Policy::historyKey, LinkedHashMap::new, Collectors.toList()))
			.values()
			.stream()
			.map((policies) -> new Quota(client, policies, 1))
			.toList();
		Iterator<Outcome> outcomes = backend.peek(new QuotaGroup(quotas)).iterator();
		Map<Policy, Outcome> byPolicy = new LinkedHashMap<>();
		quotas.forEach((quota) -> quota.policies().forEach((policy) -> byPolicy.put(policy, outcomes.next())));
		return byPolicy;
	}

	private static ClientDescriptor describeClient(CountedScope scope, CountedClient counted) {
		List<QuotaDescriptor> described = new ArrayList<>();
		Map<Policy, Outcome> outcomes = peek(scope, counted.client(), counted.backend());
		outcomes.forEach((policy, outcome) -> described.add(describe(policy, outcome)));
		DecidedBy decidedBy = outcomes.values().iterator().next().decidedBy();
		String countedBy = (decidedBy != DecidedBy.BACKEND) ? decidedBy.name().toLowerCase(Locale.ROOT) : null;
		return new ClientDescriptor(counted.client().kind(), counted.throttles(), counted.backendName(), countedBy,
				described);
	}

	private static QuotaDescriptor describe(Policy policy, Outcome outcome) {
		long limit = policy.rate().limit();
		Long seconds = (outcome.resetNanos() > 0) ? WholeSeconds.roundUp(Duration.ofNanos(outcome.resetNanos())) : null;
		return new QuotaDescriptor(policy.name(), policy.rate().toString(), policy.isShadow() ? true : null, limit,
				Math.max(0, limit - outcome.remaining()), outcome.remaining(), seconds);
	}

	/**
	 * A client as a backend counts it, all names that it may have there, and the
	 * throttles that count it.
	 */
	private record CountedClient(Client client, Set<Client> names, CacheBackend backend, String backendName,
			List<String> throttles) {
	}

}
