package dev.throttle.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The servlets of Spring MVC.
 */
final class DispatcherServlets {

	private DispatcherServlets() {
	}

	/**
	 * Return whether there are some whose handlers are beans of a child context, which
	 * may only be created with the first request.
	 */
	static boolean hasOthers(ApplicationContext context) {
		ServletContext servletContext = (context instanceof WebApplicationContext web) ? web.getServletContext() : null;
		if (servletContext == null) {
			return false;
		}
		long all = servletContext.getServletRegistrations()
			.values()
			.stream()
			.map(ServletRegistration::getClassName)
			.filter((name) -> isDispatcherServlet(name, context.getClassLoader()))
			.count();
		long own = BeanFactoryUtils.beansOfTypeIncludingAncestors(context, DispatcherServlet.class)
			.values()
			.stream()
			.filter((servlet) -> servlet.getWebApplicationContext() == context)
			.count();
		return all > own;
	}

	private static boolean isDispatcherServlet(@Nullable String className, @Nullable ClassLoader classLoader) {
		return className != null && ClassUtils.isPresent(className, classLoader)
				&& DispatcherServlet.class.isAssignableFrom(ClassUtils.resolveClassName(className, classLoader));
	}

}
