package dev.throttle.servlet;

import java.io.IOException;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Protects the rate limit headers of an answer: headers of the same names that a handler
 * sets, such as those of an upstream, are dropped.
 *
 * @since 1.0.0
 */
public final class RateLimitHeadersFilter implements Filter {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
			RateLimitedResponse limited = new RateLimitedResponse(answer);
			chain.doFilter(new Request(http, limited), limited);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	/**
	 * A request that keeps the wrapped response if a handler starts asynchronous
	 * processing without passing one. The container would use its own.
	 */
	private static final class Request extends HttpServletRequestWrapper {

		private final RateLimitedResponse response;

		private Request(HttpServletRequest request, RateLimitedResponse response) {
			super(request);
			this.response = response;
		}

		@Override
		public AsyncContext startAsync() {
			return startAsync(this, this.response);
		}

	}

}
