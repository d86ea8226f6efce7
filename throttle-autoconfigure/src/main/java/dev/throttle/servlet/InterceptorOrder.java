package dev.throttle.servlet;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;

/**
 * The place of the throttles among the interceptors of an application. A mapped
 * interceptor precedes all that a {@link WebMvcConfigurer} adds. If an order is given,
 * the throttles are added there instead, and the mapped interceptor throttles only the
 * handlers of mappings that have no such interceptors, as those of Spring Data REST.
 *
 * @since 1.0.0
 */
public final class InterceptorOrder implements WebMvcConfigurer {

	private static final String METHODS = "requestMappingHandlerMapping";

	private static final String ROUTES = "routerFunctionMapping";

	private final ApplicationContext context;

	private final @Nullable Integer order;

	private final Map<HandlerMethod, Boolean> known = new ConcurrentHashMap<>();

	private boolean isAdded;

	private @Nullable Boolean areRoutesOrdered;

	/**
	 * Create an order.
	 * @param context the application, which has a {@link ThrottleInterceptor}
	 * @param order the order among the added interceptors; null to precede them
	 */
	public InterceptorOrder(ApplicationContext context, @Nullable Integer order) {
		this.context = context;
		this.order = order;
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		if (this.order != null) {
			registry.addInterceptor(this.context.getBean(ThrottleInterceptor.class)).order(this.order);
			this.isAdded = true;
		}
	}

	/**
	 * Return the mapped interceptor.
	 * @param interceptor throttles the handlers
	 * @return the interceptor, which leaves out the handlers that are throttled later
	 */
	public AsyncHandlerInterceptor first(ThrottleInterceptor interceptor) {
		return (this.order != null) ? new First(interceptor) : interceptor;
	}

	/**
	 * Return whether the added interceptor runs for a handler. It does not if the
	 * application configures Spring MVC without configurers.
	 */
	private boolean isOrdered(Object handler) {
		if (!this.isAdded) {
			return false;
		}
		if (handler instanceof HandlerMethod method) {
			HandlerMethod mapped = Objects.requireNonNullElse(method.getResolvedFromHandlerMethod(), method);
			Boolean known = this.known.get(mapped);
			return (known != null) ? known : this.known.computeIfAbsent(mapped, this::isMapped);
		}
		return FunctionalRoutes.isRoute(handler) && areRoutesOrdered();
	}

	private boolean isMapped(HandlerMethod handler) {
		return this.context.containsBean(METHODS)
				&& this.context.getBean(METHODS) instanceof AbstractHandlerMethodMapping<?> mapping
				&& mapping.getHandlerMethods().containsValue(handler);
	}

	private boolean areRoutesOrdered() {
		Boolean known = this.areRoutesOrdered;
		if (known == null) {
			known = this.context.getBeansOfType(RouterFunctionMapping.class).keySet().equals(Set.of(ROUTES));
			this.areRoutesOrdered = known;
		}
		return known;
	}

	/**
	 * Throttles the handlers for which the added interceptor does not run.
	 */
	private final class First implements AsyncHandlerInterceptor {

		private final ThrottleInterceptor interceptor;

		private First(ThrottleInterceptor interceptor) {
			this.interceptor = interceptor;
		}

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			return isOrdered(handler) || this.interceptor.preHandle(request, response, handler);
		}

		@Override
		public void afterConcurrentHandlingStarted(HttpServletRequest request, HttpServletResponse response,
				Object handler) {
			if (!isOrdered(handler)) {
				this.interceptor.afterConcurrentHandlingStarted(request, response, handler);
			}
		}

		@Override
		public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
				@Nullable Exception ex) {
			if (!isOrdered(handler)) {
				this.interceptor.afterCompletion(request, response, handler, ex);
			}
		}

	}

}
