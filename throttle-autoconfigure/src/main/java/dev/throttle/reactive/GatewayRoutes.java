package dev.throttle.reactive;

import java.util.List;

import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.RouteDescriptions.Route;

import org.springframework.web.server.ServerWebExchange;

/**
 * Routes that a gateway handles, as a functional route is handled: its default throttles
 * and scopes are decided together, before its filters.
 *
 * @since 1.0.0
 */
public interface GatewayRoutes {

	/**
	 * Return whether a handler that WebFlux passes to adapters is that of the routes.
	 * @param handler the handler
	 * @return whether it is
	 */
	boolean handles(Object handler);

	/**
	 * Return the scopes of the route that takes an exchange.
	 * @param exchange the exchange
	 * @return its scopes
	 */
	DeclaredScopes scopes(ServerWebExchange exchange);

	/**
	 * Find the routes, but do not wait long for those of a registry.
	 * @return the routes that were found
	 */
	Found find();

	/**
	 * Routes that were found.
	 *
	 * @param routes the routes
	 * @param areAll whether there are no others yet: false if one source of routes failed
	 * or did not answer in time
	 */
	record Found(List<Route> routes, boolean areAll) {
	}

}
