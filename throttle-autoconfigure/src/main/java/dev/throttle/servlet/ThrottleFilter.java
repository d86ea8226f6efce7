package dev.throttle.servlet;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

import dev.throttle.InvalidVerdictException;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.web.MistakeLog;
import dev.throttle.web.PathSelection;
import dev.throttle.web.Preflights;
import dev.throttle.web.RateLimitHeaders;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.ApplicationContext;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Counts a request once, before authentication and whatever becomes of it, and answers it
 * if it is denied. When the request is over, the filter settles and releases its decision
 * and that at the handler. Async, error and forward dispatches do not count a request
 * again. A CORS preflight is never counted.
 *
 * @since 1.0.0
 */
public final class ThrottleFilter extends OncePerRequestFilter {

	private final RequestDecisions decisions;

	private final AppliedThrottles throttles;

	private final PathSelection paths;

	private final Preflights preflights;

	private final RateLimitHeaders headers;

	private final FilterExceptionHandler exceptions;

	private final MistakeLog mistakes = new MistakeLog();

	/**
	 * Create a filter.
	 * @param decisions decides requests
	 * @param throttles the throttles of the filter, which may be none
	 * @param paths the paths of the requests to throttle
	 * @param preflights tells preflights from other requests
	 * @param headers writes the rate limit headers
	 * @param context the application, whose CORS rules and exception handlers apply
	 * @param corsFilters returns its CORS filters, except those of Spring Security
	 */
	public ThrottleFilter(RequestDecisions decisions, AppliedThrottles throttles, PathSelection paths,
			Preflights preflights, RateLimitHeaders headers, ApplicationContext context,
			Supplier<List<CorsFilter>> corsFilters) {
		this.decisions = decisions;
		this.throttles = throttles;
		this.paths = paths;
		this.preflights = preflights;
		this.headers = headers;
		this.exceptions = new FilterExceptionHandler(context, corsFilters);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		CountedRequest counted = CountedRequest.inFilter(request, response, this.decisions.settlements());
		Throwable failure = null;
		try {
			if (isThrottled(request)) {
				throttle(counted, counted.request(), counted.response(), chain);
			}
			else {
				chain.doFilter(counted.request(), counted.response());
			}
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			counted.finish(failure);
		}
	}

	private boolean isThrottled(HttpServletRequest request) {
		return !this.throttles.steps().isEmpty() && !isPreflight(request)
				&& this.paths.selects(new ApplicationPath(request));
	}

	private boolean isPreflight(HttpServletRequest request) {
		return CorsUtils.isPreFlightRequest(request)
				&& !this.preflights.hasCredentials((header) -> request.getHeader(header) != null);
	}

	private void throttle(CountedRequest counted, HttpServletRequest request, HttpServletResponse response,
			FilterChain chain) throws ServletException, IOException {
		Decision decision;
		try {
			decision = this.decisions.decide(request, true, this.throttles, DeclaredScopes.NONE);
		}
		catch (InvalidVerdictException | InvalidThrottleConfigurationException ex) {
			this.mistakes.log(ex);
			response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
			return;
		}
		catch (RuntimeException ex) {
			this.exceptions.answer(ex, request, response);
			return;
		}
		counted.decided(decision);
		if (decision.isAllowed()) {
			RateLimitedResponse.write(this.headers, decision, response);
			chain.doFilter(request, response);
		}
		else {
			this.exceptions.answer(decision.toException(), request, response,
					() -> RateLimitedResponse.write(this.headers, decision, response));
		}
	}

}
