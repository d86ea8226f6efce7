package dev.throttle;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Base class of the throttles that count requests by client. A subclass says who the
 * client is; the rate is the one of its scope. No method is final, so that a bean can
 * stand behind a proxy, whose own fields are null.
 *
 * @since 1.0.0
 */
public abstract class SimpleRateThrottle implements BaseThrottle {

	private final List<Scope> scopes;

	private final Map<Scope, List<Rate>> ownRates;

	/**
	 * Create a throttle with the rate {@code throttle.rates.<scope>}.
	 * @param scope the scope
	 * @throws IllegalArgumentException if the scope is not of the form of one
	 */
	protected SimpleRateThrottle(String scope) {
		this(Scope.of(scope), Map.of());
	}

	/**
	 * Create a throttle whose scope has its rate here.
	 * @param scope the scope, which must have no rate in {@code throttle.rates}
	 * @param rates one rate, or several by comma
	 * @throws InvalidRateException if that is not a rate
	 * @throws IllegalArgumentException if the scope is not of the form of one
	 */
	protected SimpleRateThrottle(String scope, String rates) {
		this(Scope.of(scope), Map.of(Scope.of(scope), Rate.parseAll(rates)));
	}

	private SimpleRateThrottle(Scope scope, Map<Scope, List<Rate>> ownRates) {
		this.scopes = List.of(scope);
		this.ownRates = ownRates;
	}

	@Override
	public Collection<Scope> scopes() {
		return this.scopes;
	}

	@Override
	public Map<Scope, List<Rate>> ownRates() {
		return this.ownRates;
	}

	@Override
	public Verdict check(ThrottleRequest request) {
		return count(this.scopes, request);
	}

	Verdict count(List<Scope> scopes, ThrottleRequest request) {
		Client client = scopes.isEmpty() ? null : client(request);
		return (client != null) ? new Verdict.Count(scopes, client, cost(request)) : Verdict.allow();
	}

	/**
	 * Answer at once, as who the client is needs no waiting. A throttle whose
	 * {@link #client(ThrottleRequest)} asks something remote overrides this, too.
	 */
	@Override
	public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
		return CompletableFuture.completedFuture(check(request));
	}

	/**
	 * Return who is counted, such as {@code Client.of("tenant", tenant)} or, where the
	 * ident is an API key, {@code Client.secret("api-key", key)}.
	 * @param request the request
	 * @return the client, null where this throttle does not apply to the request
	 */
	protected abstract @Nullable Client client(ThrottleRequest request);

	/**
	 * Return how many permits a request takes: by default 1. A request whose cost is
	 * above the limit is denied and told no wait. What is not positive is a mistake, such
	 * as the -1 of a length that is not known: the request is answered with status 500
	 * and does not reach its handler, and the log names this throttle once. A request
	 * that is not to be counted has no {@linkplain #client client}.
	 * @param request the request
	 * @return the cost, a positive whole number
	 */
	protected long cost(ThrottleRequest request) {
		return 1;
	}

}
