package dev.throttle.servlet;

import java.util.Set;

import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Tells the application's handler methods from those that frameworks bring.
 */
final class ApplicationHandlers {

	private static final Set<String> ERROR_CONTROLLERS = Set.of(
			"org.springframework.boot.web.servlet.error.ErrorController",
			"org.springframework.boot.webmvc.error.ErrorController");

	private static final ClassValue<Boolean> OF_APPLICATION = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return isOfApplication(type);
		}

	};

	private ApplicationHandlers() {
	}

	static boolean contains(HandlerMethod handler) {
		return OF_APPLICATION.get(handler.getBeanType());
	}

	private static boolean isOfApplication(Class<?> type) {
		String name = type.getName();
		return !name.startsWith("org.springframework.boot.") && !name.startsWith("org.springframework.web.")
				&& !isErrorController(type);
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
