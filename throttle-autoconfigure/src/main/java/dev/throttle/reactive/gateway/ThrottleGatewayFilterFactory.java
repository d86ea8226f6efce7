package dev.throttle.reactive.gateway;

import java.util.List;
import java.util.function.Supplier;

import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottledHandlers;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.HasRouteId;
import org.springframework.web.server.ServerWebExchange;

/**
 * Creates the filter {@code Throttle=scope}, which counts the requests of a route under a
 * scope, in addition to the default throttles.
 *
 * @since 1.0.0
 */
public final class ThrottleGatewayFilterFactory
		extends AbstractGatewayFilterFactory<ThrottleGatewayFilterFactory.Config> {

	private final Supplier<ThrottledHandlers> handlers;

	/**
	 * Create a factory.
	 * @param handlers checks the scopes of routes
	 */
	public ThrottleGatewayFilterFactory(Supplier<ThrottledHandlers> handlers) {
		super(Config.class);
		this.handlers = handlers;
	}

	@Override
	public List<String> shortcutFieldOrder() {
		return List.of("scope");
	}

	/**
	 * Create the filter of a route.
	 * @param config the scope
	 * @return the filter
	 * @throws InvalidThrottleConfigurationException if the scope has no rate, or is
	 * counted by a default throttle
	 */
	@Override
	public GatewayFilter apply(Config config) {
		DeclaredScopes declared = DeclaredScopes.ofGatewayFilter(config.scope, config.routeId);
		this.handlers.get().routeThrottles(declared);
		return new ScopeFilter(declared);
	}

	/**
	 * What a route's filter is configured with.
	 */
	public static final class Config implements HasRouteId {

		private String scope = "";

		private @Nullable String routeId;

		/**
		 * Return the scope.
		 * @return the scope
		 */
		public String getScope() {
			return this.scope;
		}

		/**
		 * Set the scope.
		 * @param scope the scope
		 */
		public void setScope(String scope) {
			this.scope = scope;
		}

		@Override
		public @Nullable String getRouteId() {
			return this.routeId;
		}

		@Override
		public void setRouteId(String routeId) {
			this.routeId = routeId;
		}

	}

	/**
	 * A filter that does nothing: its scope is counted before the filters of the route,
	 * if it is one of them and not within another.
	 */
	record ScopeFilter(DeclaredScopes scopes) implements GatewayFilter {

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
			return CloudGatewayRoutes.scopesOf(exchange).scopes().containsAll(this.scopes.scopes())
					? chain.filter(exchange) : Mono.error(new IllegalStateException(
							this + " counts nothing within another filter: it must be a filter of the route itself"));
		}

		@Override
		public String toString() {
			return "[Throttle scope = '" + this.scopes.scopes().get(0) + "']";
		}

	}

}
