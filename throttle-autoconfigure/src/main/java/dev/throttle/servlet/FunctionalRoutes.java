package dev.throttle.servlet;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.RouteDescriptions;
import dev.throttle.handler.RouteDescriptions.Route;

import org.springframework.core.io.Resource;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Lists the routes of a router function, except static resources.
 */
final class FunctionalRoutes implements RouterFunctions.Visitor {

	private static final String RESOURCES = "org.springframework.web.servlet.function.ResourceHandlerFunction";

	private final RouteDescriptions descriptions = new RouteDescriptions();

	private FunctionalRoutes() {
	}

	/**
	 * Return whether a handler that Spring MVC passes to interceptors is a functional
	 * route.
	 */
	static boolean isRoute(Object handler) {
		return handler instanceof HandlerFunction && !handler.getClass().getName().equals(RESOURCES);
	}

	static List<Route> of(RouterFunction<?> routes) {
		FunctionalRoutes visitor = new FunctionalRoutes();
		routes.accept(visitor);
		return visitor.descriptions.routes();
	}

	void startScopes(DeclaredScopes own) {
		this.descriptions.startScopes(own);
	}

	void endScopes() {
		this.descriptions.endScopes();
	}

	@Override
	public void startNested(RequestPredicate predicate) {
		this.descriptions.startNested(predicate);
	}

	@Override
	public void endNested(RequestPredicate predicate) {
		this.descriptions.endNested();
	}

	@Override
	public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
		this.descriptions.add(predicate, handler);
	}

	@Override
	public void resources(Function<ServerRequest, Optional<Resource>> lookup) {
	}

	@Override
	public void attributes(Map<String, Object> attributes) {
	}

	@Override
	public void unknown(RouterFunction<?> routes) {
		this.descriptions.addUnknown(routes);
	}

}
