package dev.throttle.handler;

import java.util.Set;

import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Distinguishes the application's handler methods from those of frameworks. Error
 * controllers of the application do not count as its handlers.
 */
final class ApplicationHandlers {

	private static final Set<String> ERROR_CONTROLLERS = Set.of(
			"org.springframework.boot.web.servlet.error.ErrorController",
			"org.springframework.boot.webmvc.error.ErrorController");

	private static final ClassValue<Boolean> OF_APPLICATION = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return isOfApplication(type) && !isErrorController(type);
		}

	};

	private ApplicationHandlers() {
	}

	static boolean contains(HandlerMethod handler) {
		return OF_APPLICATION.get(handler.getBeanType());
	}

	/**
	 * Return whether a handler belongs to an error controller of the application.
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
