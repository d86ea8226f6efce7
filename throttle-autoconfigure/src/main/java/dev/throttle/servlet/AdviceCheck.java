package dev.throttle.servlet;

import java.lang.reflect.Method;
import java.util.List;
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
 * Finds the application's exception handlers that would answer a denied request as they
 * answer every exception.
 */
final class AdviceCheck {

	private static final Logger logger = LoggerFactory.getLogger(AdviceCheck.class);

	private final ApplicationContext context;

	AdviceCheck(ApplicationContext context) {
		this.context = context;
	}

	void warnOfAdviceThatHidesDenials() {
		List<ControllerAdviceBean> advice = ControllerAdviceBean.findAnnotatedBeans(this.context);
		for (ControllerAdviceBean bean : advice) {
			Class<?> type = bean.getBeanType();
			Method handler = (type != null) ? handlerOfDenials(type) : null;
			if (handler == null) {
				continue;
			}
			if (isGeneral(handler)) {
				logger.warn(
						"{} handles every exception, a denied request's ThrottledException too, which then may not be answered with 429: "
								+ "add an @ExceptionHandler(ThrottledException.class) that throws it on or answers it",
						handler);
			}
			return;
		}
	}

	private static @Nullable Method handlerOfDenials(Class<?> type) {
		return new ExceptionHandlerMethodResolver(type).resolveMethodByExceptionType(ThrottledException.class);
	}

	private static boolean isGeneral(Method handler) {
		ExceptionHandler annotation = AnnotatedElementUtils.findMergedAnnotation(handler, ExceptionHandler.class);
		Class<?>[] declared = (annotation != null) ? annotation.value() : new Class<?>[0];
		Stream<Class<?>> handled = (declared.length > 0) ? Stream.of(declared) : Stream.of(handler.getParameterTypes());
		return handled.noneMatch(ThrottledException.class::equals);
	}

}
