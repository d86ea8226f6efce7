package dev.throttle.reactive.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.RouteDescriptions;
import dev.throttle.reactive.GatewayRoutes;
import dev.throttle.reactive.gateway.ThrottleGatewayFilterFactory.ScopeFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

	private final ObjectProvider<RouteLocator> locators;

	private final Duration longestWait;

	/**
	 * Create routes.
	 * @param locators find them
	 */
	public CloudGatewayRoutes(ObjectProvider<RouteLocator> locators) {
		this(locators, LONGEST_WAIT);
	}

	CloudGatewayRoutes(ObjectProvider<RouteLocator> locators, Duration longestWait) {
		this.locators = locators;
		this.longestWait = longestWait;
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
	 * Find the routes. What the search does in this thread, as with the routes of
	 * properties and of beans, may take any time; only then begins the wait for a
	 * registry. The gateway's composite locators keep the order of the routes, so that a
	 * registry can hold back those of the properties, too.
	 */
	@Override
	public Found find() {
		Queue<RouteDescriptions.Route> found = new ConcurrentLinkedQueue<>();
		Mono<Boolean> search = Flux.fromStream(this.locators::stream)
			.filter((locator) -> !(locator instanceof CachingRouteLocator))
			.flatMap((locator) -> read(locator, found))
			.reduce(true, Boolean::logicalAnd);
		boolean areAll = Mono.firstWithSignal(search, Mono.delay(this.longestWait).thenReturn(false))
			.blockOptional()
			.orElseThrow();
		return new Found(List.copyOf(found), areAll);
	}

	/**
	 * Read routes. Mistakes in them that are not of a throttle are the gateway's to
	 * report.
	 * @return whether all could be read
	 */
	private static Mono<Boolean> read(RouteLocator locator, Queue<RouteDescriptions.Route> found) {
		return Flux.defer(locator::getRoutes)
			.doOnNext((route) -> found.add(describe(route)))
			.then(Mono.just(true))
			.onErrorResume((failure) -> !(failure instanceof InvalidThrottleConfigurationException),
					(failure) -> Mono.just(false));
	}

	private static RouteDescriptions.Route describe(Route route) {
		return new RouteDescriptions.Route("route '" + route.getId() + "' of the gateway",
				List.of(route.getPredicate().toString()), List.of(ANY_PATH), scopes(route));
	}

}
