package dev.throttle;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Base class for throttles that count requests by client. A subclass determines the
 * client; the rate is that of the scope. No method is final, so that a class-based proxy,
 * whose own fields are null, can delegate every call to the bean.
 *
 * @since 1.0.0
 */
public abstract class SimpleRateThrottle implements BaseThrottle {

	private final List<Scope> scopes;

	private final Map<Scope, List<Rate>> ownRates;

	/**
	 * Create a throttle with the rate {@code throttle.rates.<scope>}.
	 * @param scope the scope
	 * @throws IllegalArgumentException if the scope is not valid
	 */
	protected SimpleRateThrottle(String scope) {
		this(Scope.of(scope), Map.of());
	}

	/**
	 * Create a throttle that defines the rate of its scope.
	 * @param scope the scope, which must have no rate in {@code throttle.rates}
	 * @param rates one rate, or several separated by commas
	 * @throws InvalidRateException if a rate is not valid
	 * @throws IllegalArgumentException if the scope is not valid
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
	 * Call {@link #check(ThrottleRequest)} on the calling thread. Override this method if
	 * {@link #client(ThrottleRequest)} may block, such as for a remote call.
	 */
	@Override
	public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
		return CompletableFuture.completedFuture(check(request));
	}

	/**
	 * Return the client to count, such as {@code Client.of("tenant", tenant)}, or
	 * {@code Client.secret("api-key", key)} for an API key.
	 * @param request the request
	 * @return the client, null if this throttle does not apply to the request
	 */
	protected abstract @Nullable Client client(ThrottleRequest request);

	/**
	 * Return how many permits a request takes. By default it is 1, which stands for the
	 * {@linkplain ThrottleRequest#cost(Scope) cost of the scope}. A request that costs
	 * more than the limit is denied without Retry-After. A cost below 1 is a bug, such as
	 * -1 for an unknown length: the request is answered with status 500 and does not
	 * reach its handler, and the log names this throttle once. To leave a request
	 * uncounted, return null from {@link #client client}.
	 * @param request the request
	 * @return the cost, a positive whole number
	 */
	protected long cost(ThrottleRequest request) {
		return 1;
	}

}
