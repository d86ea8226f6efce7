package dev.throttle.autoconfigure;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.util.ReflectionUtils;

/**
 * Inspects an embedded Tomcat or Jetty for a component that rewrites the client's
 * address. Types are strings because they are optional, and because Spring Boot's types
 * moved from 3.5 to 4.
 */
final class EmbeddedServer {

	private static final String TOMCAT_VALVE = "org.apache.catalina.valves.RemoteIpValve";

	private static final String JETTY_CUSTOMIZER = "org.eclipse.jetty.server.ForwardedRequestCustomizer";

	private EmbeddedServer() {
	}

	/**
	 * Return the type of the server component that rewrites the address.
	 * @return the type's name; null if there is no such component or no such server
	 */
	static @Nullable String rewritingComponent(ApplicationContext context) {
		Object server = call(context, "getWebServer");
		if (hasValve(call(call(server, "getTomcat"), "getEngine"))) {
			return TOMCAT_VALVE;
		}
		return hasCustomizer(server) ? JETTY_CUSTOMIZER : null;
	}

	private static boolean hasValve(@Nullable Object container) {
		if (call(call(container, "getPipeline"), "getValves") instanceof Object[] valves) {
			for (Object valve : valves) {
				if (isA(TOMCAT_VALVE, valve.getClass())) {
					return true;
				}
			}
		}
		if (call(container, "findChildren") instanceof Object[] children) {
			for (Object child : children) {
				if (hasValve(child)) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Return whether a Jetty connector has the customizer. Until the port opens, only a
	 * private field of Spring Boot's holds the connectors.
	 */
	private static boolean hasCustomizer(@Nullable Object server) {
		if (field(server, "connectors") instanceof Object[] connectors) {
			for (Object connector : connectors) {
				for (Object factory : all(call(connector, "getConnectionFactories"))) {
					for (Object customizer : all(call(call(factory, "getHttpConfiguration"), "getCustomizers"))) {
						if (isA(JETTY_CUSTOMIZER, customizer.getClass())) {
							return true;
						}
					}
				}
			}
		}
		return false;
	}

	private static Collection<?> all(@Nullable Object collection) {
		return (collection instanceof Collection<?> elements) ? elements : List.of();
	}

	/**
	 * Return whether a class has that name or extends the class that has it.
	 */
	static boolean isA(String name, Class<?> type) {
		Class<?> each = type;
		while (each != null && !each.getName().equals(name)) {
			each = each.getSuperclass();
		}
		return each != null;
	}

	private static @Nullable Object call(@Nullable Object target, String name) {
		Method method = (target != null) ? ReflectionUtils.findMethod(target.getClass(), name) : null;
		if (target == null || method == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(method);
		return ReflectionUtils.invokeMethod(method, target);
	}

	private static @Nullable Object field(@Nullable Object target, String name) {
		Field field = (target != null) ? ReflectionUtils.findField(target.getClass(), name) : null;
		if (target == null || field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, target);
	}

}
