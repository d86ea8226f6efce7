package dev.throttle.servlet;

import java.util.EnumSet;
import java.util.Set;

import dev.throttle.engine.Decision;
import dev.throttle.web.RateLimitHeaderKind;
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

	private final Set<RateLimitHeaderKind> written = EnumSet.noneOf(RateLimitHeaderKind.class);

	private boolean writing;

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
		RateLimitHeaderKind kind = RateLimitHeaderKind.of(name);
		if (kind == null) {
			return true;
		}
		if (this.writing) {
			this.written.add(kind);
		}
		return this.writing || !this.written.contains(kind);
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
