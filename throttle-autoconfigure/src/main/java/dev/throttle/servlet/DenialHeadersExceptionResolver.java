package dev.throttle.servlet;

import dev.throttle.engine.Decision;
import dev.throttle.web.RateLimitHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.PriorityOrdered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Writes the headers of a denial, and leaves the answer to the resolvers after it.
 *
 * @since 1.0.0
 */
public final class DenialHeadersExceptionResolver implements HandlerExceptionResolver, PriorityOrdered {

	private final RateLimitHeaders headers;

	/**
	 * Create a resolver.
	 * @param headers writes the rate limit headers
	 */
	public DenialHeadersExceptionResolver(RateLimitHeaders headers) {
		this.headers = headers;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (!response.isCommitted()) {
			write(this.headers, ex, response);
		}
		return null;
	}

	/**
	 * Write the headers of a denial. The rate limit headers are those of the decision
	 * that denies, which may be about a method that the handler calls.
	 */
	static void write(RateLimitHeaders headers, Exception denial, HttpServletResponse response) {
		Decision decision = Decision.of(denial);
		if (decision != null) {
			RateLimitedResponse.write(headers, decision, response);
		}
		new ServletResponseHeaders(response).write(denial);
	}

}
