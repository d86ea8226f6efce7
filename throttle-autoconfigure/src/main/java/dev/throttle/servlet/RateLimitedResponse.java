package dev.throttle.servlet;

import dev.throttle.engine.Decision;
import dev.throttle.web.RateLimitHeaders;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * A response whose rate limit headers only Throttle can set. Once {@code X-RateLimit-*}
 * headers are written, other code cannot set such headers; the same holds for
 * {@code RateLimit} and {@code RateLimit-*}. The headers survive {@link #reset()}.
 */
final class RateLimitedResponse extends HttpServletResponseWrapper {

	private static final String X_RATELIMIT = "X-RateLimit-";

	private static final String RATELIMIT = "RateLimit";

	private boolean writing;

	private boolean xRateLimit;

	private boolean rateLimit;

	private @Nullable RateLimitHeaders headers;

	private @Nullable Decision decision;

	RateLimitedResponse(HttpServletResponse response) {
		super(response);
	}

	/**
	 * Write the headers of a decision. They are protected if the response is, or wraps,
	 * one of this class.
	 */
	static void write(RateLimitHeaders headers, Decision decision, HttpServletResponse response) {
		RateLimitedResponse limited = WebUtils.getNativeResponse(response, RateLimitedResponse.class);
		if (limited == null) {
			new ServletResponseHeaders(response).write(headers, decision);
			return;
		}
		limited.headers = headers;
		limited.decision = decision;
		limited.writeTo(response);
	}

	private void writeTo(HttpServletResponse response) {
		if (this.headers == null || this.decision == null) {
			return;
		}
		this.writing = true;
		try {
			new ServletResponseHeaders(response).write(this.headers, this.decision);
		}
		finally {
			this.writing = false;
		}
	}

	@Override
	public void reset() {
		super.reset();
		writeTo(this);
	}

	private boolean accepts(String name) {
		if (name.regionMatches(true, 0, X_RATELIMIT, 0, X_RATELIMIT.length())) {
			this.xRateLimit |= this.writing;
			return this.writing || !this.xRateLimit;
		}
		if (name.regionMatches(true, 0, RATELIMIT, 0, RATELIMIT.length())
				&& (name.length() == RATELIMIT.length() || name.charAt(RATELIMIT.length()) == '-')) {
			this.rateLimit |= this.writing;
			return this.writing || !this.rateLimit;
		}
		return true;
	}

	@Override
	public void setHeader(String name, String value) {
		if (accepts(name)) {
			super.setHeader(name, value);
		}
	}

	@Override
	public void addHeader(String name, String value) {
		if (accepts(name)) {
			super.addHeader(name, value);
		}
	}

	@Override
	public void setIntHeader(String name, int value) {
		if (accepts(name)) {
			super.setIntHeader(name, value);
		}
	}

	@Override
	public void addIntHeader(String name, int value) {
		if (accepts(name)) {
			super.addIntHeader(name, value);
		}
	}

	@Override
	public void setDateHeader(String name, long date) {
		if (accepts(name)) {
			super.setDateHeader(name, date);
		}
	}

	@Override
	public void addDateHeader(String name, long date) {
		if (accepts(name)) {
			super.addDateHeader(name, date);
		}
	}

}
