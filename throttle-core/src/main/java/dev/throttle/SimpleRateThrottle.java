package dev.throttle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Base class of the throttles that count requests by client. A subclass says who the
 * client is; the rate is the one of its scope, or its own. No method is final, so that a
 * bean can stand behind a proxy, whose own fields are null.
 *
 * @since 1.0.0
 */
public abstract class SimpleRateThrottle implements BaseThrottle {

	private final String scope;

	private final String canonicalScope;

	private final List<Policy> ownPolicies;

	/**
	 * Create a throttle with the rate {@code throttle.rates.<scope>}.
	 * @param scope the scope
	 * @throws IllegalArgumentException if the scope is not of the form of one
	 */
	protected SimpleRateThrottle(String scope) {
		this(scope, List.of());
	}

	/**
	 * Create a throttle with its own rate.
	 * @param scope the scope, under which requests are counted
	 * @param rates one rate, or several by comma
	 * @throws InvalidRateException if that is not a rate
	 * @throws IllegalArgumentException if the scope is not of the form of one
	 */
	protected SimpleRateThrottle(String scope, String rates) {
		this(scope, Policy.ofScope(scope, Rate.parseAll(rates)));
	}

	private SimpleRateThrottle(String scope, List<Policy> ownPolicies) {
		this.scope = scope;
		this.canonicalScope = Scope.canonical(scope);
		this.ownPolicies = ownPolicies;
	}

	/**
	 * Return the scope.
	 * @return the scope, as it was given
	 */
	public String scope() {
		return this.scope;
	}

	/**
	 * Return whether a scope is that of this throttle.
	 * @param scope a scope, in any spelling
	 * @return whether they are the same
	 */
	public boolean hasScope(String scope) {
		return this.canonicalScope.equals(Scope.canonical(scope));
	}

	@Override
	public Collection<String> scopes() {
		return this.ownPolicies.isEmpty() ? List.of(this.scope) : List.of();
	}

	@Override
	public Collection<Policy> ownPolicies() {
		return this.ownPolicies;
	}

	@Override
	public Verdict check(ThrottleRequest request) {
		List<Policy> policies = policies(request);
		if (policies.isEmpty()) {
			return Verdict.allow();
		}
		Client client = client(request);
		if (client == null) {
			return Verdict.allow();
		}
		if (secretIdents()) {
			client = client.asSecret();
		}
		long cost = cost(request);
		if (policies.size() == 1) {
			return Verdict.ask(new Quota(client, policies.get(0), cost));
		}
		List<Quota> quotas = new ArrayList<>(policies.size());
		for (Policy policy : policies) {
			quotas.add(new Quota(client, policy, cost));
		}
		return Verdict.ask(quotas);
	}

	/**
	 * Return the policies by which a request is counted: by default those of the scope.
	 * @param request the request
	 * @return the policies, empty for no limit
	 */
	protected List<Policy> policies(ThrottleRequest request) {
		return this.ownPolicies.isEmpty() ? request.rates().policies(this.canonicalScope)
				: request.rates().policies(this.canonicalScope, this.ownPolicies);
	}

	/**
	 * Return who is counted. Overridden where an ident is not enough, such as
	 * {@code Client.of("user-and-path", user, request.path())}. Where the
	 * {@linkplain #secretIdents() idents are secrets}, that client's is one, too.
	 * @param request the request
	 * @return the client, by default of the {@linkplain #ident ident} and its
	 * {@linkplain #kind kind}; null where this throttle does not apply to the request
	 */
	protected @Nullable Client client(ThrottleRequest request) {
		String ident = ident(request);
		return (ident != null) ? Client.of(kind(request), ident) : null;
	}

	/**
	 * Return the ident of who is counted.
	 * @param request the request
	 * @return the ident, null where this throttle does not apply to the request
	 */
	protected abstract @Nullable String ident(ThrottleRequest request);

	/**
	 * Return the kind of the ident: by default the scope, so that idents of two throttles
	 * do not meet.
	 * @param request the request
	 * @return the kind
	 */
	protected String kind(ThrottleRequest request) {
		return this.canonicalScope;
	}

	/**
	 * Return the clients that an ident may stand for, as the application's users know it,
	 * so that an operator can look at their use and reset it. Overridden together with
	 * {@link #client(ThrottleRequest)} or {@link #kind(ThrottleRequest)}.
	 * @param ident the ident: a user's name, an address, a tenant
	 * @param address the ident as requests have it where it is an address, as in
	 * {@link ThrottleRequest#address()}; else null
	 * @return the clients, by default the one of the scope's kind; empty where the ident
	 * cannot be one that this throttle counts
	 */
	public List<Client> clients(String ident, @Nullable String address) {
		return List.of(Client.of(this.canonicalScope, ident));
	}

	/**
	 * Return how many permits a request takes: by default 1. A request whose cost is
	 * above the limit is denied and told no wait. What is not positive is a mistake, such
	 * as the -1 of a length that is not known: the request is answered with status 500
	 * and does not reach its handler, and the log names this throttle once. A request
	 * that is not to be counted has no {@linkplain #ident ident}.
	 * @param request the request
	 * @return the cost, a positive whole number
	 */
	protected long cost(ThrottleRequest request) {
		return 1;
	}

}
