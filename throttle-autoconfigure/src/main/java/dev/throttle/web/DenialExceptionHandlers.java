package dev.throttle.web;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.ExceptionHandlerMappingInfo;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;

/**
 * Finds the {@link ExceptionHandler} methods that name {@link ThrottledException},
 * {@link BackendUnavailableException} or a subclass: first those of the controller, then
 * those of each advice in order. General ones are left out. Safe for use by several
 * threads.
 *
 * @since 1.0.0
 */
public final class DenialExceptionHandlers {

	private static final List<Class<? extends Exception>> DENIALS = List.of(ThrottledException.class,
			BackendUnavailableException.class);

	private final Map<Class<?>, ExceptionHandlerMethodResolver> ofControllers = new ConcurrentHashMap<>();

	private final Map<ControllerAdviceBean, ExceptionHandlerMethodResolver> ofAdvice;

	/**
	 * Create a search.
	 * @param ofAdvice the exception handlers of each advice, in order
	 */
	public DenialExceptionHandlers(Map<ControllerAdviceBean, ExceptionHandlerMethodResolver> ofAdvice) {
		this.ofAdvice = ofAdvice;
	}

	/**
	 * Find the exception handler of a denial.
	 * @param handler the handler of the denied request; null if it is not a method
	 * @param denial the denial
	 * @param accepted the media types that the client accepts, the preferred one first
	 * @return the exception handler; null if none names the denial
	 */
	public @Nullable DenialExceptionHandler find(@Nullable HandlerMethod handler, Exception denial,
			List<MediaType> accepted) {
		Class<?> controller = null;
		if (handler != null) {
			controller = handler.getBeanType();
			DenialExceptionHandler found = find(handler::getBean, controller,
					this.ofControllers.computeIfAbsent(controller, ExceptionHandlerMethodResolver::new), denial,
					accepted);
			if (found != null) {
				return found;
			}
			controller = Proxy.isProxyClass(controller) ? AopUtils.getTargetClass(handler.getBean()) : controller;
		}
		for (Map.Entry<ControllerAdviceBean, ExceptionHandlerMethodResolver> entry : this.ofAdvice.entrySet()) {
			ControllerAdviceBean advice = entry.getKey();
			Class<?> type = advice.getBeanType();
			DenialExceptionHandler found = (type != null && advice.isApplicableToBeanType(controller))
					? find(advice::resolveBean, type, entry.getValue(), denial, accepted) : null;
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	private static @Nullable DenialExceptionHandler find(Supplier<Object> bean, Class<?> beanType,
			ExceptionHandlerMethodResolver methods, Exception denial, List<MediaType> accepted) {
		for (MediaType mediaType : accepted) {
			ExceptionHandlerMappingInfo method = methods.resolveExceptionMapping(denial, mediaType);
			if (method != null && names(method, denial)) {
				return new DenialExceptionHandler(bean.get(), beanType, method, mediaType);
			}
		}
		return null;
	}

	private static boolean names(ExceptionHandlerMappingInfo method, Exception exception) {
		return method.getExceptionTypes()
			.stream()
			.anyMatch((type) -> type.isInstance(exception)
					&& DENIALS.stream().anyMatch((denial) -> denial.isAssignableFrom(type)));
	}

	/**
	 * An exception handler that names a denial.
	 *
	 * @param bean the controller or advice
	 * @param beanType its class, without a proxy
	 * @param method the method
	 * @param accepted the accepted media type for which it was found
	 */
	public record DenialExceptionHandler(Object bean, Class<?> beanType, ExceptionHandlerMappingInfo method,
			MediaType accepted) {
	}

}
