package dev.throttle.servlet;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

import dev.throttle.InvalidVerdictException;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.Decision;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.web.MistakeLog;
import dev.throttle.web.PathSelection;
import dev.throttle.web.Preflights;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.RateLimitHeaders;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Counts a request once, before authentication and whatever becomes of it, and answers it
 * if it is denied. Async, error and forward dispatches do not count a request again. A
 * CORS preflight is never counted.
 *
 * @since 1.0.0
 */
public final class ThrottleFilter extends OncePerRequestFilter {

	private static final String DECISION = ThrottleFilter.class.getName() + ".decision";

	private final ThrottleEngine engine;

	private final ThrottlePlan plan;

	private final ClientAddressResolver addresses;

	private final PathSelection paths;

	private final Preflights preflights;

	private final RateLimitHeaders headers;

	private final FilterExceptionHandler exceptions;

	private final MistakeLog mistakes = new MistakeLog();

	private final ProxyDetector proxyDetector;

	/**
	 * Create a filter.
	 * @param engine decides requests
	 * @param plan the throttles of the filter
	 * @param addresses resolves the client's address
	 * @param proxyDetector inspects requests for signs of a proxy
	 * @param paths the paths of the requests to throttle
	 * @param preflights tells preflights from other requests
	 * @param headers writes the rate limit headers
	 * @param context the application, whose CORS rules and exception handlers apply
	 * @param corsFilters returns its CORS filters, except those of Spring Security
	 */
	public ThrottleFilter(ThrottleEngine engine, ThrottlePlan plan, ClientAddressResolver addresses,
			ProxyDetector proxyDetector, PathSelection paths, Preflights preflights, RateLimitHeaders headers,
			ApplicationContext context, Supplier<List<CorsFilter>> corsFilters) {
		this.engine = engine;
		this.plan = plan;
		this.addresses = addresses;
		this.paths = paths;
		this.preflights = preflights;
		this.headers = headers;
		this.exceptions = new FilterExceptionHandler(context, corsFilters);
		this.proxyDetector = proxyDetector;
	}

	/**
	 * Return what the filter has decided about a request, to write the headers once more.
	 * @return the decision; null if there is none, or for a second call
	 */
	static @Nullable Decision takeDecision(HttpServletRequest request) {
		Decision decision = (Decision) request.getAttribute(DECISION);
		if (decision != null) {
			request.removeAttribute(DECISION);
		}
		return decision;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return isPreflight(request) || !this.paths.selects(new ApplicationPath(request));
	}

	private boolean isPreflight(HttpServletRequest request) {
		return CorsUtils.isPreFlightRequest(request)
				&& !this.preflights.hasCredentials((header) -> request.getHeader(header) != null);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!this.proxyDetector.isOver()) {
			this.proxyDetector.look(request.getRemoteAddr(), (header) -> request.getHeader(header) != null);
		}
		Decision decision;
		try {
			decision = this.engine.decide(new ServletThrottleRequest(request, List.of(), this.addresses), this.plan);
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
		if (decision.isAllowed()) {
			admit(decision, request, response, chain);
		}
		else {
			this.exceptions.answer(decision.toException(), request, response,
					() -> RateLimitedResponse.write(this.headers, decision, response));
		}
	}

	private void admit(Decision decision, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		CountedRequest counted = new CountedRequest();
		counted.admit(decision);
		try {
			RateLimitedResponse.write(this.headers, decision, response);
			request.setAttribute(DECISION, decision);
			chain.doFilter(request, response);
		}
		finally {
			counted.leave(request);
		}
	}

}
