package dev.throttle.reactive;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.web.DenialExceptionHandlers;
import dev.throttle.web.DenialExceptionHandlers.DenialExceptionHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;
import org.springframework.web.reactive.accept.HeaderContentTypeResolver;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Lets only the exception handlers answer that {@linkplain DenialExceptionHandlers name a
 * denial}.
 */
final class SpecificExceptionHandlers {

	private static final HeaderContentTypeResolver ACCEPT = new HeaderContentTypeResolver();

	private final DenialExceptionHandlers handlers;

	SpecificExceptionHandlers(ApplicationContext context) {
		Map<ControllerAdviceBean, ExceptionHandlerMethodResolver> ofAdvice = new LinkedHashMap<>();
		for (ControllerAdviceBean advice : ControllerAdviceBean.findAnnotatedBeans(context)) {
			Class<?> type = advice.getBeanType();
			if (type != null && type != DenialAdvice.class) {
				ofAdvice.put(advice, new ExceptionHandlerMethodResolver(type));
			}
		}
		this.handlers = new DenialExceptionHandlers(ofAdvice);
	}

	/**
	 * Return a handler that throws a denial where these exception handlers get it.
	 * @param handler the handler that is not called
	 * @return the handler; null if no exception handler names the denial
	 */
	@Nullable FailingHandler find(ServerWebExchange exchange, Object handler, Exception denial) {
		DenialExceptionHandler found = this.handlers.find((handler instanceof HandlerMethod method) ? method : null,
				denial, accepted(exchange));
		return (found != null) ? FailingHandler.of(found.bean(), found.beanType(), denial, found.accepted()) : null;
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
