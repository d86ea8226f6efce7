package dev.throttle.reactive;

import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.handler.DeclaredScopes;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Functional routes that are counted under a scope, in addition to the default throttles.
 *
 * @param <T> the type of the responses
 * @since 1.0.0
 */
public final class ScopedRoutes<T extends ServerResponse> implements RouterFunction<T> {

	private final DeclaredScopes scopes;

	private final RouterFunction<T> routes;

	private ScopedRoutes(DeclaredScopes scopes, RouterFunction<T> routes) {
		this.scopes = scopes;
		this.routes = routes;
	}

	/**
	 * Give routes a scope, as {@link dev.throttle.Throttle @Throttle} gives it to
	 * controller methods. Its rate is {@code throttle.rates.<scope>}. Other routes with
	 * the same scope share the count. Routes can have several scopes, one around another.
	 * @param scope the scope
	 * @param routes the routes
	 * @param <T> the type of the responses
	 * @return the routes with the scope
	 * @throws IllegalArgumentException if the scope is not valid
	 */
	public static <T extends ServerResponse> RouterFunction<T> of(String scope, RouterFunction<T> routes) {
		return new ScopedRoutes<>(DeclaredScopes.ofRoutes(scope, Map.of()), routes);
	}

	/**
	 * Give routes a scope under which a request takes more than one permit.
	 * @param scope the scope
	 * @param cost how many permits a request takes, a positive whole number, which the
	 * {@link dev.throttle.Reservation} can settle later
	 * @param routes the routes
	 * @param <T> the type of the responses
	 * @return the routes with the scope
	 * @throws IllegalArgumentException if the scope is not valid, or the cost is not
	 * positive
	 */
	public static <T extends ServerResponse> RouterFunction<T> of(String scope, long cost, RouterFunction<T> routes) {
		return new ScopedRoutes<>(DeclaredScopes.ofRoutes(scope, Map.of(Scope.of(scope), cost)), routes);
	}

	/**
	 * Return the scopes of the route that takes a request.
	 */
	static DeclaredScopes scopes(ServerWebExchange exchange) {
		return DeclaredScopes.of(exchange.getAttribute(DeclaredScopes.ATTRIBUTE));
	}

	@Override
	public Mono<HandlerFunction<T>> route(ServerRequest request) {
		return this.routes.route(request).doOnNext((handler) -> this.scopes.addTo(request.attributes()));
	}

	@Override
	public void accept(RouterFunctions.Visitor visitor) {
		if (visitor instanceof FunctionalRoutes found) {
			found.startScopes(this.scopes);
			this.routes.accept(visitor);
			found.endScopes();
		}
		else {
			this.routes.accept(visitor);
		}
	}

}
