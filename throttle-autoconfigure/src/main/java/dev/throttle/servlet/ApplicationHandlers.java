package dev.throttle.servlet;

import java.util.Set;

import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.function.HandlerFunction;

/**
 * Tells the application's handlers, which are its handler methods and functional routes,
 * from those that frameworks bring. Static resources are none of the application's, nor
 * are its error controllers.
 */
final class ApplicationHandlers {

	private static final Set<String> ERROR_CONTROLLERS = Set.of(
			"org.springframework.boot.web.servlet.error.ErrorController",
			"org.springframework.boot.webmvc.error.ErrorController");

	private static final String RESOURCES = "org.springframework.web.servlet.function.ResourceHandlerFunction";

	private static final ClassValue<Boolean> OF_APPLICATION = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return isOfApplication(type) && !isErrorController(type);
		}

	};

	private ApplicationHandlers() {
	}

	/**
	 * Return whether a handler, as Spring MVC hands it to interceptors, is one of the
	 * application's.
	 */
	static boolean contains(Object handler) {
		if (handler instanceof HandlerMethod method) {
			return OF_APPLICATION.get(method.getBeanType());
		}
		return handler instanceof HandlerFunction && !handler.getClass().getName().equals(RESOURCES);
	}

	/**
	 * Return whether a handler belongs to an error controller that the application brings
	 * itself.
	 */
	static boolean isOfErrorController(HandlerMethod handler) {
		return isOfApplication(handler.getBeanType()) && isErrorController(handler.getBeanType());
	}

	private static boolean isOfApplication(Class<?> type) {
		String name = type.getName();
		return !name.startsWith("org.springframework.boot.") && !name.startsWith("org.springframework.web.")
				&& !name.startsWith("org.springdoc.");
	}

	private static boolean isErrorController(Class<?> type) {
		for (Class<?> implemented : ClassUtils.getAllInterfacesForClassAsSet(type)) {
			if (ERROR_CONTROLLERS.contains(implemented.getName())) {
				return true;
			}
		}
		return false;
	}

}
