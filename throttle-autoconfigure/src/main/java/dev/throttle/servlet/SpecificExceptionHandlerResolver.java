package dev.throttle.servlet;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Answers a {@link ThrottledException} and a {@link BackendUnavailableException} before
 * every other resolver: by an exception handler of the application that names the
 * exception, else by the answer of this library. Exception handlers and resolvers for
 * exceptions in general do not get them.
 *
 * @since 1.0.0
 */
public final class SpecificExceptionHandlerResolver implements HandlerExceptionResolver, PriorityOrdered {

	private final ThrottledExceptionResolver otherwise;

	private final Map<ApplicationContext, Optional<SpecificExceptionHandlers>> handlers = new ConcurrentHashMap<>(1);

	/**
	 * Create a resolver.
	 * @param otherwise answers where no exception handler names the exception, or it
	 * throws one itself
	 */
	public SpecificExceptionHandlerResolver(ThrottledExceptionResolver otherwise) {
		this.otherwise = otherwise;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (response.isCommitted() || !ThrottledExceptionResolver.prepare(ex, response)) {
			return null;
		}
		SpecificExceptionHandlers specific = handlers(request);
		ModelAndView shaped = (specific != null) ? specific.resolveException(request, response, handler, ex) : null;
		if (shaped == null) {
			shaped = this.otherwise.resolveException(request, response, handler, ex);
		}
		return (shaped != null) ? shaped : new ModelAndView();
	}

	private @Nullable SpecificExceptionHandlers handlers(HttpServletRequest request) {
		ApplicationContext context = RequestContextUtils.findWebApplicationContext(request);
		return (context != null) ? this.handlers.computeIfAbsent(context, SpecificExceptionHandlers::find).orElse(null)
				: null;
	}

}
