package dev.throttle.servlet;

import java.io.IOException;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Lets the rate limit headers of a throttled answer stand as they were decided: what a
 * handler sets under their names, such as those of an upstream, is not sent.
 *
 * @since 1.0.0
 */
public final class RateLimitHeadersFilter implements Filter {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		chain.doFilter(request,
				(response instanceof HttpServletResponse http) ? new RateLimitedResponse(http) : response);
	}

}
