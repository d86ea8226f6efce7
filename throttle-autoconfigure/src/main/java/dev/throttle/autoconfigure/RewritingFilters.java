package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.WebApplicationContext;

/**
 * Finds the filters that rewrite the client's address: those registered with the servlet
 * container, or else beans that are not registered yet.
 */
final class RewritingFilters {

	private static final String SPRING = "org.springframework.web.filter.ForwardedHeaderFilter";

	private static final String TOMCAT = "org.apache.catalina.filters.RemoteIpFilter";

	private final ApplicationContext context;

	/** The type of each filter, by its name. */
	private final Map<String, String> found = new LinkedHashMap<>();

	private RewritingFilters(ApplicationContext context) {
		this.context = context;
	}

	static List<AddressRewriter> find(ApplicationContext context) {
		RewritingFilters filters = new RewritingFilters(context);
		filters.lookAtContainer();
		if (filters.found.isEmpty()) {
			filters.lookAtBeans();
		}
		List<AddressRewriter> rewriters = new ArrayList<>();
		filters.found.forEach((name, type) -> {
			String cause = "the filter '" + name + "' is of type " + type;
			String remedy = "remove the filter '" + name + "'";
			rewriters.add(type.equals(SPRING) ? AddressRewriter.ofSpring(cause, remedy)
					: AddressRewriter.ofServer(cause, remedy));
		});
		return rewriters;
	}

	private void lookAtContainer() {
		ServletContext servletContext = (this.context instanceof WebApplicationContext web) ? web.getServletContext()
				: null;
		Map<String, ? extends FilterRegistration> registrations = (servletContext != null)
				? servletContext.getFilterRegistrations() : Map.of();
		registrations.forEach((name, registration) -> {
			String type = registration.getClassName();
			if (type != null && ClassUtils.isPresent(type, this.context.getClassLoader())) {
				add(name, ClassUtils.resolveClassName(type, this.context.getClassLoader()));
			}
		});
	}

	private void lookAtBeans() {
		Set<Object> registered = Collections.newSetFromMap(new IdentityHashMap<>());
		Collection<?> registrations = this.context.getBeansOfType(AbstractFilterRegistrationBean.class, true, false)
			.values();
		for (Object bean : registrations) {
			AbstractFilterRegistrationBean<?> registration = (AbstractFilterRegistrationBean<?>) bean;
			Filter filter = registration.getFilter();
			if (filter != null && registered.add(filter) && registration.isEnabled()) {
				add(registration.getFilterName(), filter.getClass());
			}
		}
		for (String name : this.context.getBeanNamesForType(Filter.class, true, false)) {
			Class<?> type = this.context.getType(name);
			if (type != null && rewritingType(type) != null && !registered.contains(this.context.getBean(name))) {
				add(name, type);
			}
		}
	}

	private void add(String name, Class<?> type) {
		String rewriting = rewritingType(type);
		if (rewriting != null) {
			this.found.put(name, rewriting);
		}
	}

	private static @Nullable String rewritingType(Class<?> type) {
		return EmbeddedServer.isA(SPRING, type) ? SPRING : EmbeddedServer.isA(TOMCAT, type) ? TOMCAT : null;
	}

}
