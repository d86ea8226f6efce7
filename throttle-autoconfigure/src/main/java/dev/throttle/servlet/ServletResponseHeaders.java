package dev.throttle.servlet;

import dev.throttle.web.ResponseHeaders;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The headers of a servlet response.
 */
final class ServletResponseHeaders extends ResponseHeaders {

	private final HttpServletResponse response;

	ServletResponseHeaders(HttpServletResponse response) {
		this.response = response;
	}

	@Override
	protected boolean contains(String name) {
		return this.response.containsHeader(name);
	}

	@Override
	protected void set(String name, String value) {
		this.response.setHeader(name, value);
	}

	@Override
	protected void add(String name, String value) {
		if (!this.response.getHeaders(name).contains(value)) {
			this.response.addHeader(name, value);
		}
	}

}
