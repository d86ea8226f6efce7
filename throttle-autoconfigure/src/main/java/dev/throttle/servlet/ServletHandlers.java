package dev.throttle.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.throttle.handler.MappedHandlers;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.web.PathSelection;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/**
 * Finds the handlers of Spring MVC, including those of mappings that a mapping delegates
 * to, as Spring Data REST's does.
 *
 * @since 1.0.0
 */
public final class ServletHandlers implements MappedHandlers {

	private final ThrottledHandlers throttledHandlers;

	private final PathSelection paths;

	/**
	 * Create a search.
	 * @param throttledHandlers the throttled handlers, to which the handlers are added
	 * @param paths the paths whose handlers are never throttled
	 */
	public ServletHandlers(ThrottledHandlers throttledHandlers, PathSelection paths) {
		this.throttledHandlers = throttledHandlers;
		this.paths = paths;
	}

	@Override
	public List<HandlerMethod> addHandlers(ApplicationContext context) {
		List<HandlerMethod> handlers = new ArrayList<>();
		BeanFactoryUtils.beansOfTypeIncludingAncestors(context, HandlerMapping.class, true, false)
			.values()
			.forEach((mapping) -> addHandlers(mapping, handlers));
		return handlers;
	}

	/**
	 * Return whether an application has dispatcher servlets of its own, whose handlers
	 * are unknown until their first request.
	 */
	@Override
	public boolean mayBeIncomplete(ApplicationContext context) {
		ServletContext servletContext = (context instanceof WebApplicationContext web) ? web.getServletContext() : null;
		if (servletContext == null) {
			return false;
		}
		long all = servletContext.getServletRegistrations()
			.values()
			.stream()
			.map(ServletRegistration::getClassName)
			.filter((name) -> isDispatcherServlet(name, context.getClassLoader()))
			.count();
		long own = BeanFactoryUtils.beansOfTypeIncludingAncestors(context, DispatcherServlet.class)
			.values()
			.stream()
			.filter((servlet) -> servlet.getWebApplicationContext() == context)
			.count();
		return all > own;
	}

	private static boolean isDispatcherServlet(@Nullable String className, @Nullable ClassLoader classLoader) {
		return className != null && ClassUtils.isPresent(className, classLoader)
				&& DispatcherServlet.class.isAssignableFrom(ClassUtils.resolveClassName(className, classLoader));
	}

	private void addHandlers(Object mapping, List<HandlerMethod> handlers) {
		if (mapping instanceof AbstractHandlerMethodMapping<?> methods) {
			methods.getHandlerMethods().forEach((mapped, handler) -> {
				Set<String> patterns = (mapped instanceof RequestMappingInfo info) ? info.getPatternValues() : Set.of();
				if (this.throttledHandlers.add(handler, text(mapped), this.paths.excludesAll(patterns))) {
					handlers.add(handler);
				}
			});
		}
		else if (mapping instanceof RouterFunctionMapping routes && routes.getRouterFunction() != null) {
			FunctionalRoutes.of(routes.getRouterFunction())
				.forEach((route) -> this.throttledHandlers.addRoute(route, this.paths.excludesAll(route.paths())));
		}
		else if (mapping instanceof HandlerMapping && mapping instanceof Iterable<?> delegates) {
			delegates.forEach((delegate) -> addHandlers(delegate, handlers));
		}
	}

	private static String text(Object mapping) {
		String text = mapping.toString();
		return (text.startsWith("{") && text.endsWith("}")) ? text.substring(1, text.length() - 1) : text;
	}

}
