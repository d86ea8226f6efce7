package dev.throttle.servlet;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.throttle.web.SecurityChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * The CORS rules of an application, for a request that is answered before they apply by
 * themselves: those of its {@link CorsFilter}s, also within Spring Security, or else
 * those of the handler.
 */
final class CorsRules {

	private static final Logger logger = LoggerFactory.getLogger(CorsRules.class);

	private static final String SECURITY = "org.springframework.security.web.SecurityFilterChain";

	private final Supplier<List<CorsFilter>> filters;

	private final Supplier<List<SecurityChain>> security;

	private final Supplier<List<HandlerMapping>> mappings;

	/**
	 * Create the rules of an application.
	 * @param filters returns its CORS filters, except those of Spring Security
	 */
	CorsRules(ApplicationContext context, Supplier<List<CorsFilter>> filters) {
		this.filters = SingletonSupplier.of(filters);
		this.security = SingletonSupplier
			.of(() -> SecurityChain.find(context, SECURITY, HttpServletRequest.class, "getFilters"));
		this.mappings = SingletonSupplier
			.of(() -> context.getBeanProvider(HandlerMapping.class).orderedStream().toList());
	}

	/**
	 * Set the headers for a request of another origin.
	 * @return whether the rules allow it; if not, it is answered
	 */
	boolean allow(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
		if (request.getHeader(HttpHeaders.ORIGIN) == null) {
			return true;
		}
		for (CorsFilter filter : this.filters.get()) {
			if (!allow(filter, request, response)) {
				return false;
			}
		}
		for (Object filter : securityFilters(request)) {
			if (filter instanceof CorsFilter cors && !allow(cors, request, response)) {
				return false;
			}
		}
		return response.containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN) || allowByHandler(request, response);
	}

	private List<?> securityFilters(HttpServletRequest request) {
		for (SecurityChain chain : this.security.get()) {
			if (Boolean.TRUE.equals(chain.matches(request)) && chain.filters() instanceof List<?> filters) {
				return filters;
			}
		}
		return List.of();
	}

	private static boolean allow(CorsFilter filter, HttpServletRequest request, HttpServletResponse response)
			throws ServletException, IOException {
		AtomicBoolean passed = new AtomicBoolean();
		filter.doFilter(request, response, (passedRequest, passedResponse) -> passed.set(true));
		return passed.get();
	}

	/**
	 * Apply the rules of the handler that would be called. If there is none, such as for
	 * a method that is not allowed, there are no rules.
	 */
	private boolean allowByHandler(HttpServletRequest request, HttpServletResponse response) {
		try {
			ServletRequestPathUtils.parseAndCache(request);
			for (HandlerMapping mapping : this.mappings.get()) {
				HandlerExecutionChain chain = mapping.getHandler(request);
				if (chain != null) {
					return allow(chain, request, response);
				}
			}
		}
		catch (Exception ex) {
			logger.debug("Could not find the CORS rules of a denied request", ex);
		}
		return true;
	}

	private static boolean allow(HandlerExecutionChain chain, HttpServletRequest request, HttpServletResponse response)
			throws Exception {
		for (HandlerInterceptor interceptor : chain.getInterceptorList()) {
			if (interceptor instanceof CorsConfigurationSource
					&& !interceptor.preHandle(request, response, chain.getHandler())) {
				return false;
			}
		}
		return true;
	}

}
