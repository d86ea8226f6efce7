package dev.throttle.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import dev.throttle.handler.MappedHandlers;
import dev.throttle.handler.RouteDescriptions.Route;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.reactive.GatewayRoutes.Found;
import dev.throttle.web.PathSelection;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.result.method.AbstractHandlerMethodMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Finds the handlers of WebFlux.
 *
 * @since 1.0.0
 */
public final class ReactiveHandlers implements MappedHandlers {

	private final ThrottledHandlers throttledHandlers;

	private final PathSelection paths;

	private final @Nullable GatewayRoutes gateway;

	private volatile boolean areRoutesMissing;

	/**
	 * Create a search.
	 * @param throttledHandlers the throttled handlers, to which the handlers are added
	 * @param paths the paths whose handlers are never throttled
	 * @param gateway the routes of a gateway; null if there is none
	 */
	public ReactiveHandlers(ThrottledHandlers throttledHandlers, PathSelection paths, @Nullable GatewayRoutes gateway) {
		this.throttledHandlers = throttledHandlers;
		this.paths = paths;
		this.gateway = gateway;
	}

	@Override
	public List<HandlerMethod> addHandlers(ApplicationContext context) {
		List<HandlerMethod> handlers = new ArrayList<>();
		BeanFactoryUtils.beansOfTypeIncludingAncestors(context, HandlerMapping.class, true, false)
			.values()
			.forEach((mapping) -> addHandlers(mapping, handlers));
		if (this.gateway != null) {
			Found found = this.gateway.find();
			found.routes().forEach(this::addRoute);
			this.areRoutesMissing = !found.areAll();
		}
		return handlers;
	}

	/**
	 * Return whether there is a gateway, whose routes may come later.
	 */
	@Override
	public boolean mayBeIncomplete(ApplicationContext context) {
		return this.gateway != null;
	}

	@Override
	public boolean areSomeMissing() {
		return this.areRoutesMissing;
	}

	private void addHandlers(HandlerMapping mapping, List<HandlerMethod> handlers) {
		if (mapping instanceof AbstractHandlerMethodMapping<?> methods) {
			methods.getHandlerMethods().forEach((mapped, handler) -> {
				Set<String> patterns = (mapped instanceof RequestMappingInfo info) ? patterns(info) : Set.of();
				if (this.throttledHandlers.add(handler, text(mapped), this.paths.excludesAll(patterns))) {
					handlers.add(handler);
				}
			});
		}
		else if (mapping instanceof RouterFunctionMapping routes && routes.getRouterFunction() != null) {
			FunctionalRoutes.of(routes.getRouterFunction()).forEach(this::addRoute);
		}
	}

	private void addRoute(Route route) {
		this.throttledHandlers.addRoute(route, this.paths.excludesAll(route.paths()));
	}

	private static Set<String> patterns(RequestMappingInfo info) {
		return info.getPatternsCondition()
			.getPatterns()
			.stream()
			.map(PathPattern::getPatternString)
			.collect(Collectors.toSet());
	}

	/**
	 * Describe a mapping as on Spring MVC, which writes its paths in brackets.
	 */
	private static String text(Object mapping) {
		String text = mapping.toString();
		if (mapping instanceof RequestMappingInfo info) {
			Set<PathPattern> patterns = info.getPatternsCondition().getPatterns();
			String paths = " " + ((patterns.size() == 1) ? patterns.iterator().next() : patterns);
			int start = text.indexOf(paths);
			text = text.substring(0, start) + " " + info.getPatternsCondition()
					+ text.substring(start + paths.length());
		}
		return (text.startsWith("{") && text.endsWith("}")) ? text.substring(1, text.length() - 1) : text;
	}

}
