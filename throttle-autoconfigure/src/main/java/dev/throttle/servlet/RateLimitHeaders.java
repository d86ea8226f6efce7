package dev.throttle.servlet;

import dev.throttle.engine.Decision;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Tells the client of a throttled handler what is left of its quotas.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface RateLimitHeaders {

	/**
	 * Set headers before the handler runs, or before the denial is answered.
	 * @param decision the decision about the request
	 * @param response the response, not yet committed
	 */
	void write(Decision decision, HttpServletResponse response);

}
