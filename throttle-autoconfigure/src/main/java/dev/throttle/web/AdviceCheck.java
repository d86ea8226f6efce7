package dev.throttle.web;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.throttle.ThrottledException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;

/**
 * Finds general exception handlers, which would answer a denied request like any failure.
 *
 * @since 1.0.0
 */
public final class AdviceCheck {

	private static final Logger logger = LoggerFactory.getLogger(AdviceCheck.class);

	private AdviceCheck() {
	}

	/**
	 * Warn about each exception handler that would hide the denials of these controllers.
	 * @param context the application
	 * @param controllers the controllers that have throttled handlers
	 */
	public static void warnOfHiddenDenials(ApplicationContext context, Collection<Class<?>> controllers) {
		List<ControllerAdviceBean> advice = ControllerAdviceBean.findAnnotatedBeans(context);
		Set<Method> hiding = new LinkedHashSet<>();
		for (Class<?> controller : controllers) {
			Method handler = handlerOfDenials(controller, advice);
			if (handler != null && isGeneral(handler)) {
				hiding.add(handler);
			}
		}
		for (Method handler : hiding) {
			logger
				.warn("{}.{} handles every exception, including the ThrottledException of a denied request, so the client may not get a 429. "
						+ "Add an @ExceptionHandler(ThrottledException.class) that answers or rethrows it, or set 'throttle.exception-handlers' to 'specific'",
						handler.getDeclaringClass().getName(), handler.getName());
		}
	}

	/**
	 * Return the exception handler that Spring would call: the controller's own, or else
	 * that of the first advice that applies to the controller and has one.
	 */
	private static @Nullable Method handlerOfDenials(Class<?> controller, List<ControllerAdviceBean> advice) {
		Method handler = declaredBy(controller);
		for (int i = 0; handler == null && i < advice.size(); i++) {
			Class<?> type = advice.get(i).getBeanType();
			if (type != null && advice.get(i).isApplicableToBeanType(controller)) {
				handler = declaredBy(type);
			}
		}
		return handler;
	}

	private static @Nullable Method declaredBy(Class<?> type) {
		return new ExceptionHandlerMethodResolver(type).resolveMethodByExceptionType(ThrottledException.class);
	}

	private static boolean isGeneral(Method handler) {
		ExceptionHandler annotation = AnnotatedElementUtils.findMergedAnnotation(handler, ExceptionHandler.class);
		Class<?>[] declared = (annotation != null) ? annotation.value() : new Class<?>[0];
		Stream<Class<?>> handled = (declared.length > 0) ? Stream.of(declared) : Stream.of(handler.getParameterTypes());
		return handled.noneMatch(ThrottledException.class::equals);
	}

}
