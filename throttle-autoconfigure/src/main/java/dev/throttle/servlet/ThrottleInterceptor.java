package dev.throttle.servlet;

import java.io.IOException;

import dev.throttle.InvalidVerdictException;
import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.engine.Decision;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.HandlerThrottles;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.web.MistakeLog;
import dev.throttle.web.PathSelection;
import dev.throttle.web.RateLimitHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.cors.CorsUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.AsyncHandlerInterceptor;

/**
 * Counts a request once, before its handler runs, and throws a {@link ThrottledException}
 * if it is denied. Async, error and forward dispatches do not count a request again. A
 * CORS preflight is never counted. If a mistake in the application prevents a decision,
 * the answer is 500.
 *
 * @since 1.0.0
 */
public final class ThrottleInterceptor implements AsyncHandlerInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(ThrottleInterceptor.class);

	private final RequestDecisions decisions;

	private final ThrottledHandlers handlers;

	private final PathSelection paths;

	private final RateLimitHeaders headers;

	private final MistakeLog mistakes = new MistakeLog();

	/**
	 * Create an interceptor.
	 * @param decisions decides requests
	 * @param handlers which throttles apply to which handler
	 * @param paths the included and excluded paths
	 * @param headers writes the rate limit headers
	 */
	public ThrottleInterceptor(RequestDecisions decisions, ThrottledHandlers handlers, PathSelection paths,
			RateLimitHeaders headers) {
		this.decisions = decisions;
		this.handlers = handlers;
		this.paths = paths;
		this.headers = headers;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		try {
			return decide(request, response, handler);
		}
		catch (InvalidVerdictException | InvalidThrottleConfigurationException ex) {
			this.mistakes.log(ex);
			fail(response);
			return false;
		}
	}

	/**
	 * Answer with status 500, rendered like the application's other errors.
	 */
	private static void fail(HttpServletResponse response) {
		try {
			response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
		}
		catch (IOException ex) {
			logger.debug("Could not write the answer to a request that could not be decided", ex);
		}
	}

	private boolean decide(HttpServletRequest request, HttpServletResponse response, Object handler) {
		CountedRequest known = CountedRequest.of(request);
		if (known != null && known.isCountedAtHandler()) {
			known.enter();
			return true;
		}
		if (CorsUtils.isPreFlightRequest(request)) {
			return true;
		}
		Decision earlier = (known != null) ? known.takeDecisionOfFilter() : null;
		HandlerThrottles throttles = throttles(request, handler);
		if (throttles == null || !throttles.isThrottled()) {
			if (earlier != null) {
				RateLimitedResponse.write(this.headers, earlier, response);
			}
			return true;
		}
		CountedRequest counted = CountedRequest.atHandler(request, response, this.decisions.settlements());
		Decision decision = decide(request, response, throttles, earlier == null);
		counted.decided(decision);
		Decision told = (earlier != null) ? decision.with(earlier) : decision;
		try {
			RateLimitedResponse.write(this.headers, told, response);
		}
		catch (RuntimeException | Error ex) {
			decision.release();
			throw ex;
		}
		if (!decision.isAllowed()) {
			ThrottledException denied = told.toException();
			new ServletResponseHeaders(response).write(denied);
			throw denied;
		}
		if (!throttles.declared().isEmpty()) {
			this.decisions.reserve(request, decision, throttles.declared().settleable());
		}
		counted.enter();
		return true;
	}

	private Decision decide(HttpServletRequest request, HttpServletResponse response, HandlerThrottles throttles,
			boolean isFirst) {
		try {
			return this.decisions.decide(request, isFirst, throttles.applied(), throttles.declared());
		}
		catch (BackendUnavailableException ex) {
			new ServletResponseHeaders(response).write(ex);
			throw ex;
		}
	}

	private @Nullable HandlerThrottles throttles(HttpServletRequest request, Object handler) {
		DeclaredScopes routeScopes = ScopedRoutes.takeScopes(request);
		ServletPath path = new ServletPath(request);
		if (this.paths.excludes(path)) {
			return null;
		}
		if (FunctionalRoutes.isRoute(handler)) {
			return this.handlers.routeThrottles(routeScopes);
		}
		HandlerThrottles throttles = (handler instanceof HandlerMethod method) ? this.handlers.throttles(method) : null;
		return (throttles == null && this.paths.includes(path)) ? this.handlers.defaultThrottles() : throttles;
	}

	@Override
	public void afterConcurrentHandlingStarted(HttpServletRequest request, HttpServletResponse response,
			Object handler) {
		leave(request, null);
	}

	@Override
	public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception ex) {
		leave(request, ex);
	}

	private static void leave(HttpServletRequest request, @Nullable Exception failure) {
		CountedRequest counted = CountedRequest.of(request);
		if (counted != null) {
			counted.leave(failure);
		}
	}

}
