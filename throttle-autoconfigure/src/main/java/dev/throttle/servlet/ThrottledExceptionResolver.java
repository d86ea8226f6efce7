package dev.throttle.servlet;

import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.web.Problem;
import dev.throttle.web.RateLimitHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.MessageSource;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Answers a {@link ThrottledException} and a {@link BackendUnavailableException}.
 *
 * @since 1.0.0
 */
public class ThrottledExceptionResolver implements HandlerExceptionResolver {

	private static final Logger logger = LoggerFactory.getLogger(ThrottledExceptionResolver.class);

	private final ErrorPage page = new ErrorPage();

	private final MessageSource messages;

	private final RateLimitHeaders headers;

	private ThrottledExceptionResolver(MessageSource messages, RateLimitHeaders headers) {
		this.messages = messages;
		this.headers = headers;
	}

	/**
	 * Return a resolver that runs before all others. An exception handler of the
	 * application that names the exception takes precedence. Handlers for general
	 * exceptions and other resolvers do not get it.
	 * @param messages translates the {@linkplain Problem#of problem}
	 * @param headers writes the rate limit headers
	 * @return the resolver
	 */
	public static ThrottledExceptionResolver first(MessageSource messages, RateLimitHeaders headers) {
		return new First(messages, headers);
	}

	/**
	 * Return a resolver that runs last, after all exception handlers and resolvers of the
	 * application.
	 * @param messages translates the {@linkplain Problem#of problem}
	 * @param headers writes the rate limit headers
	 * @return the resolver
	 */
	public static ThrottledExceptionResolver last(MessageSource messages, RateLimitHeaders headers) {
		return new ThrottledExceptionResolver(messages, headers);
	}

	@Override
	public final @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (response.isCommitted() || !prepare(ex, response)) {
			return null;
		}
		ModelAndView shaped = shape(request, response, handler, ex);
		if (shaped == null && !response.isCommitted()) {
			answer(ex, request, response);
		}
		return (shaped != null) ? shaped : new ModelAndView();
	}

	/**
	 * Set the status and the headers of a denial. An exception handler can change them.
	 * @return whether the exception is a denial
	 */
	final boolean prepare(Exception exception, HttpServletResponse response) {
		DenialHeadersExceptionResolver.write(this.headers, exception, response);
		Problem.status(exception).ifPresent(response::setStatus);
		return Problem.status(exception).isPresent();
	}

	/**
	 * Let the application answer.
	 * @return its answer; null if it gives none
	 */
	@Nullable ModelAndView shape(HttpServletRequest request, HttpServletResponse response, @Nullable Object handler,
			Exception exception) {
		return null;
	}

	private void answer(Exception exception, HttpServletRequest request, HttpServletResponse response) {
		Problem problem = Problem.of(exception, this.messages, RequestContextUtils.getLocale(request));
		try {
			if (Problem.isPagePreferred(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)))) {
				this.page.write(problem, request, response);
			}
			else {
				ResponseBody.write(problem.status(), "application/problem+json",
						problem.toJson(request.getRequestURI()), response);
			}
		}
		catch (IOException ex) {
			logger.debug("Could not write the answer to a denied request", ex);
		}
	}

	/**
	 * A resolver that runs before all others.
	 */
	private static final class First extends ThrottledExceptionResolver implements PriorityOrdered {

		private final Map<ApplicationContext, Optional<SpecificExceptionHandlers>> handlers = new ConcurrentHashMap<>(
				1);

		private First(MessageSource messages, RateLimitHeaders headers) {
			super(messages, headers);
		}

		@Override
		public int getOrder() {
			return HIGHEST_PRECEDENCE;
		}

		@Override
		@Nullable ModelAndView shape(HttpServletRequest request, HttpServletResponse response, @Nullable Object handler,
				Exception exception) {
			ApplicationContext context = RequestContextUtils.findWebApplicationContext(request);
			SpecificExceptionHandlers specific = (context != null)
					? this.handlers.computeIfAbsent(context, SpecificExceptionHandlers::find).orElse(null) : null;
			ModelAndView shaped = (specific != null) ? specific.resolveException(request, response, handler, exception)
					: null;
			if (shaped == null && !response.isCommitted()) {
				prepare(exception, response);
			}
			return shaped;
		}

	}

}
