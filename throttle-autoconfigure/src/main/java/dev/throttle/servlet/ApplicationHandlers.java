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

	private ApplicationHandlers() {
	}

	static boolean contains(HandlerMethod handler) {
		Class<?> type = handler.getBeanType();
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
