package dev.throttle.reactive.gateway;

import java.time.Duration;
import java.util.List;

import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.RouteDescriptions;
import dev.throttle.reactive.GatewayRoutes;
import dev.throttle.reactive.gateway.ThrottleGatewayFilterFactory.ScopeFilter;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.CachingRouteLocator;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;

/**
 * The routes of Spring Cloud Gateway.
 *
 * @since 1.0.0
 */
public final class CloudGatewayRoutes implements GatewayRoutes {

	private static final String ANY_PATH = "/**";

	private static final Duration LONGEST_SEARCH = Duration.ofSeconds(2);

	private final ObjectProvider<RouteLocator> locators;

	/**
	 * Create routes.
	 * @param locators find them
	 */
	public CloudGatewayRoutes(ObjectProvider<RouteLocator> locators) {
		this.locators = locators;
	}

	@Override
	public boolean handles(Object handler) {
		return handler instanceof FilteringWebHandler;
	}

	@Override
	public DeclaredScopes scopes(ServerWebExchange exchange) {
		return scopesOf(exchange);
	}

	static DeclaredScopes scopesOf(ServerWebExchange exchange) {
		Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
		return (route != null) ? scopes(route) : DeclaredScopes.NONE;
	}

	private static DeclaredScopes scopes(Route route) {
		DeclaredScopes scopes = DeclaredScopes.NONE;
		for (GatewayFilter filter : route.getFilters()) {
			GatewayFilter inner = (filter instanceof OrderedGatewayFilter ordered) ? ordered.getDelegate() : filter;
			if (inner instanceof ScopeFilter scope) {
				scopes = scopes.around(scope.scopes());
			}
		}
		return scopes;
	}

	/**
	 * Return the routes that are found in a short time: those of the properties and of
	 * beans, but perhaps not those of a registry. Other mistakes in them are the
	 * gateway's to report.
	 */
	@Override
	public List<RouteDescriptions.Route> known() {
		return Flux.fromStream(this.locators::stream)
			.filter((locator) -> !(locator instanceof CachingRouteLocator))
			.flatMap((locator) -> locator.getRoutes()
				.onErrorResume((failure) -> !(failure instanceof InvalidThrottleConfigurationException),
						(failure) -> Flux.empty()))
			.take(LONGEST_SEARCH)
			.map(CloudGatewayRoutes::describe)
			.collectList()
			.blockOptional()
			.orElse(List.of());
	}

	private static RouteDescriptions.Route describe(Route route) {
		return new RouteDescriptions.Route("route '" + route.getId() + "' of the gateway",
				List.of(route.getPredicate().toString()), List.of(ANY_PATH), scopes(route));
	}

}
