package dev.throttle.reactive;

import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.web.DenialExceptionHandlers;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;
import org.springframework.web.reactive.accept.HeaderContentTypeResolver;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Finds the {@link ExceptionHandler} methods that name {@link ThrottledException},
 * {@link BackendUnavailableException} or a subclass: first those of the controller, then
 * those of each advice in order.
 */
final class SpecificExceptionHandlers {

	private static final HeaderContentTypeResolver ACCEPT = new HeaderContentTypeResolver();

	private final Map<Class<?>, ExceptionHandlerMethodResolver> ofControllers = new ConcurrentHashMap<>();

	private final Map<ControllerAdviceBean, ExceptionHandlerMethodResolver> ofAdvice = new LinkedHashMap<>();

	SpecificExceptionHandlers(ApplicationContext context) {
		for (ControllerAdviceBean advice : ControllerAdviceBean.findAnnotatedBeans(context)) {
			Class<?> type = advice.getBeanType();
			if (type != null && type != DenialAdvice.class) {
				this.ofAdvice.put(advice, new ExceptionHandlerMethodResolver(type));
			}
		}
	}

	/**
	 * Return a handler that throws a denial where these exception handlers get it.
	 * @param handler the handler that is not called
	 * @return the handler; null if no exception handler names the denial
	 */
	@Nullable FailingHandler find(ServerWebExchange exchange, Object handler, Exception denial) {
		List<MediaType> accepted = accepted(exchange);
		Class<?> controller = null;
		if (handler instanceof HandlerMethod method) {
			controller = method.getBeanType();
			MediaType named = named(this.ofControllers.computeIfAbsent(controller, ExceptionHandlerMethodResolver::new),
					denial, accepted);
			if (named != null) {
				return FailingHandler.of(method.getBean(), controller, denial, named);
			}
			controller = Proxy.isProxyClass(controller) ? AopUtils.getTargetClass(method.getBean()) : controller;
		}
		for (Map.Entry<ControllerAdviceBean, ExceptionHandlerMethodResolver> entry : this.ofAdvice.entrySet()) {
			ControllerAdviceBean advice = entry.getKey();
			Class<?> type = advice.getBeanType();
			MediaType named = (type != null && advice.isApplicableToBeanType(controller))
					? named(entry.getValue(), denial, accepted) : null;
			if (type != null && named != null) {
				return FailingHandler.of(advice.resolveBean(), type, denial, named);
			}
		}
		return null;
	}

	/**
	 * Return the first accepted media type for which an exception handler names a denial.
	 */
	private static @Nullable MediaType named(ExceptionHandlerMethodResolver methods, Exception denial,
			List<MediaType> accepted) {
		return accepted.stream()
			.filter((type) -> DenialExceptionHandlers.find(methods, denial, List.of(type)) != null)
			.findFirst()
			.orElse(null);
	}

	private static List<MediaType> accepted(ServerWebExchange exchange) {
		try {
			return ACCEPT.resolveMediaTypes(exchange);
		}
		catch (NotAcceptableStatusException ex) {
			return List.of(MediaType.ALL);
		}
	}

}
