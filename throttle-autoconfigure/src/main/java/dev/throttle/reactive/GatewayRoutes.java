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
	 * Return the routes that are known without waiting.
	 * @return the routes
	 */
	List<Route> known();

}
