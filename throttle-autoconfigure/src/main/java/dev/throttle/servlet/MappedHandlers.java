package dev.throttle.servlet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import dev.throttle.handler.Exemption;
import dev.throttle.handler.HandlerPlans;
import org.jspecify.annotations.Nullable;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/**
 * Finds the application's handlers in handler mappings, also in those to which a mapping
 * delegates, as that of Spring Data REST does.
 */
final class MappedHandlers {

	private final HandlerPlans plans;

	private final PathSelection paths;

	MappedHandlers(HandlerPlans plans, PathSelection paths) {
		this.plans = plans;
		this.paths = paths;
	}

	/**
	 * Work out the plans of the handlers.
	 * @param mappings handler mappings; what else is among them is left out
	 * @return the handler methods that are not those of an error controller, one several
	 * times if it is mapped several times
	 */
	List<HandlerMethod> plan(Collection<?> mappings) {
		List<HandlerMethod> handlers = new ArrayList<>();
		mappings.forEach((mapping) -> plan(mapping, handlers));
		return handlers;
	}

	private void plan(Object mapping, List<HandlerMethod> handlers) {
		if (mapping instanceof AbstractHandlerMethodMapping<?> methods) {
			methods.getHandlerMethods().forEach((mapped, handler) -> {
				if (plan(handler, mapped)) {
					handlers.add(handler);
				}
			});
		}
		else if (mapping instanceof RouterFunctionMapping routes && routes.getRouterFunction() != null) {
			FunctionalRoutes.of(routes.getRouterFunction())
				.forEach((route) -> this.plans.addRoute(route.name(), route.mappings(), exemption(route.paths())));
		}
		else if (mapping instanceof HandlerMapping && mapping instanceof Iterable<?> delegates) {
			delegates.forEach((delegate) -> plan(delegate, handlers));
		}
	}

	private boolean plan(HandlerMethod handler, Object mapped) {
		boolean ofErrorController = ApplicationHandlers.isOfErrorController(handler);
		if (!ofErrorController && !ApplicationHandlers.contains(handler)) {
			return false;
		}
		Set<String> patterns = (mapped instanceof RequestMappingInfo info) ? info.getPatternValues() : Set.of();
		this.plans.add(handler, text(mapped), ofErrorController ? Exemption.ERROR_CONTROLLER : exemption(patterns));
		return !ofErrorController;
	}

	private @Nullable Exemption exemption(Collection<String> patterns) {
		return this.paths.excludesAll(patterns) ? Exemption.EXCLUDED_PATHS : null;
	}

	private static String text(Object mapping) {
		String text = mapping.toString();
		return (text.startsWith("{") && text.endsWith("}")) ? text.substring(1, text.length() - 1) : text;
	}

}
