package dev.throttle.servlet;

import java.util.Map;
import java.util.Optional;

import dev.throttle.Scope;
import dev.throttle.handler.DeclaredScopes;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

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
	 * Give routes what a gateway's filters declare.
	 * @param scopes the scopes
	 * @param routes the routes
	 * @param <T> the type of the responses
	 * @return the routes with the scopes
	 */
	public static <T extends ServerResponse> RouterFunction<T> of(DeclaredScopes scopes, RouterFunction<T> routes) {
		return new ScopedRoutes<>(scopes, routes);
	}

	/**
	 * Return the scopes of the route that takes a request. A forwarded request can have
	 * another route, so they are forgotten.
	 */
	static DeclaredScopes takeScopes(HttpServletRequest request) {
		DeclaredScopes scopes = DeclaredScopes.of(request.getAttribute(DeclaredScopes.ATTRIBUTE));
		if (!scopes.isEmpty()) {
			request.removeAttribute(DeclaredScopes.ATTRIBUTE);
		}
		return scopes;
	}

	@Override
	public Optional<HandlerFunction<T>> route(ServerRequest request) {
		Optional<HandlerFunction<T>> route = this.routes.route(request);
		route.ifPresent((handler) -> this.scopes.addTo(request.attributes()));
		return route;
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
