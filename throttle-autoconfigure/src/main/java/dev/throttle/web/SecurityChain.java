package dev.throttle.web;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A filter chain of Spring Security, which is called by reflection because the library
 * does not depend on it.
 *
 * @since 1.0.0
 */
public final class SecurityChain {

	private final Object bean;

	private final Method matches;

	private final Method filters;

	private SecurityChain(Object bean, Method matches, Method filters) {
		this.bean = bean;
		this.matches = matches;
		this.filters = filters;
	}

	/**
	 * Find the filter chains of an application.
	 * @param context the application
	 * @param type the name of the type of chains
	 * @param requestType the type of the argument of its method {@code matches}
	 * @param filters the name of its method that returns the filters
	 * @return the chains in order; empty without Spring Security
	 */
	public static List<SecurityChain> find(ApplicationContext context, String type, Class<?> requestType,
			String filters) {
		ClassLoader classLoader = context.getClassLoader();
		if (!ClassUtils.isPresent(type, classLoader)) {
			return List.of();
		}
		Class<?> chainType = ClassUtils.resolveClassName(type, classLoader);
		Method matchesMethod = ClassUtils.getMethod(chainType, "matches", requestType);
		Method filtersMethod = ClassUtils.getMethod(chainType, filters);
		return context.getBeanProvider(chainType)
			.orderedStream()
			.map((bean) -> new SecurityChain(bean, matchesMethod, filtersMethod))
			.toList();
	}

	/**
	 * Return what the chain answers to whether it is that of a request.
	 * @param request the request
	 * @return the result of its method {@code matches}
	 */
	public @Nullable Object matches(Object request) {
		return ReflectionUtils.invokeMethod(this.matches, this.bean, request);
	}

	/**
	 * Return the filters of the chain.
	 * @return the result of its method
	 */
	public @Nullable Object filters() {
		return ReflectionUtils.invokeMethod(this.filters, this.bean);
	}

}
