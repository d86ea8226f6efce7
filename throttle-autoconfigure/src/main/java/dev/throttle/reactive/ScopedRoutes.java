package dev.throttle.reactive;

import java.util.List;

import dev.throttle.Scope;
import dev.throttle.handler.RouteScopes;
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

	private final Scope scope;

	private final RouterFunction<T> routes;

	private ScopedRoutes(Scope scope, RouterFunction<T> routes) {
		this.scope = scope;
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
		return new ScopedRoutes<>(Scope.of(scope), routes);
	}

	/**
	 * Return the scopes of the route that takes a request.
	 */
	static List<Scope> scopes(ServerWebExchange exchange) {
		return RouteScopes.of(exchange.getAttribute(RouteScopes.ATTRIBUTE));
	}

	@Override
	public Mono<HandlerFunction<T>> route(ServerRequest request) {
		return this.routes.route(request).doOnNext((handler) -> RouteScopes.addFirst(this.scope, request.attributes()));
	}

	@Override
	public void accept(RouterFunctions.Visitor visitor) {
		if (visitor instanceof FunctionalRoutes found) {
			found.startScope(this.scope);
			this.routes.accept(visitor);
			found.endScope();
		}
		else {
			this.routes.accept(visitor);
		}
	}

}
