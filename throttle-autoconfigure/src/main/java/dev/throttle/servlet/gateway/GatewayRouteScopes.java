package dev.throttle.servlet.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.servlet.ScopedRoutes;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.gateway.server.mvc.config.FilterProperties;
import org.springframework.cloud.gateway.server.mvc.config.GatewayMvcProperties;
import org.springframework.cloud.gateway.server.mvc.config.GatewayMvcPropertiesBeanDefinitionRegistrar.RouterFunctionHolder;
import org.springframework.cloud.gateway.server.mvc.config.RouteProperties;
import org.springframework.core.io.Resource;
import org.springframework.util.StringUtils;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Gives the routes of the gateway's properties the scopes of their filters, at the start
 * and at each refresh, so that these are decided together with the default throttles.
 *
 * @since 1.0.0
 */
public final class GatewayRouteScopes implements BeanPostProcessor {

	private static final String ROUTES = "gatewayRouterFunctions";

	private static final String FILTER = "throttle";

	private final Supplier<GatewayMvcProperties> properties;

	private final Supplier<ThrottledHandlers> handlers;

	/**
	 * Create a post-processor.
	 * @param properties the properties that define routes
	 * @param handlers checks the scopes of routes
	 */
	public GatewayRouteScopes(Supplier<GatewayMvcProperties> properties, Supplier<ThrottledHandlers> handlers) {
		this.properties = properties;
		this.handlers = handlers;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		// not its scoped proxy
		return (bean.getClass() == RouterFunctionHolder.class) ? withScopes((RouterFunctionHolder) bean) : bean;
	}

	private RouterFunctionHolder withScopes(RouterFunctionHolder holder) {
		Map<String, DeclaredScopes> scopes = scopes(this.properties.get());
		if (scopes.isEmpty()) {
			return holder;
		}
		scopes.values().forEach(this.handlers.get()::routeThrottles);
		Map<String, RouterFunction<ServerResponse>> routes = routes(holder.getRouterFunction());
		scopes.forEach((id, own) -> routes.compute(id, (same, route) -> {
			if (route == null) {
				throw new IllegalStateException("The gateway has no route '" + id + "' for its filter 'Throttle'");
			}
			return ScopedRoutes.of(own, route);
		}));
		return new RouterFunctionHolder(
				routes.values().stream().reduce(RouterFunction::and).orElseThrow().withAttribute(ROUTES, routes));
	}

	private static Map<String, DeclaredScopes> scopes(GatewayMvcProperties properties) {
		Map<String, DeclaredScopes> scopes = new LinkedHashMap<>();
		properties.getRoutes().forEach((route) -> add(scopes, route.getId(), route));
		properties.getRoutesMap()
			.forEach((key, route) -> add(scopes, StringUtils.hasText(route.getId()) ? route.getId() : key, route));
		return scopes;
	}

	private static void add(Map<String, DeclaredScopes> scopes, String id, RouteProperties route) {
		for (FilterProperties filter : route.getFilters()) {
			if (StringUtils.uncapitalize(filter.getName()).equals(FILTER)) {
				String scope = filter.getArgs().values().iterator().next();
				DeclaredScopes own = DeclaredScopes.ofGatewayFilter(scope, id);
				scopes.merge(id, own, DeclaredScopes::around);
			}
		}
	}

	private static Map<String, RouterFunction<ServerResponse>> routes(RouterFunction<ServerResponse> all) {
		RoutesById found = new RoutesById();
		all.accept(found);
		return found.routes;
	}

	/**
	 * Finds the routes of the properties, which the gateway keeps in an attribute.
	 */
	private static final class RoutesById implements RouterFunctions.Visitor {

		private final Map<String, RouterFunction<ServerResponse>> routes = new LinkedHashMap<>();

		@Override
		@SuppressWarnings("unchecked")
		public void attributes(Map<String, Object> attributes) {
			if (attributes.get(ROUTES) instanceof Map<?, ?> byId) {
				this.routes.putAll((Map<String, RouterFunction<ServerResponse>>) byId);
			}
		}

		@Override
		public void startNested(RequestPredicate predicate) {
		}

		@Override
		public void endNested(RequestPredicate predicate) {
		}

		@Override
		public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
		}

		@Override
		public void resources(Function<ServerRequest, Optional<Resource>> lookup) {
		}

		@Override
		public void unknown(RouterFunction<?> routes) {
		}

	}

}
