package dev.throttle.web;

import org.springframework.mock.web.MockHttpServletResponse;

/**
 * The headers of a mock response.
 */
final class MockResponseHeaders extends ResponseHeaders {

	private final MockHttpServletResponse response;

	MockResponseHeaders(MockHttpServletResponse response) {
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
		this.response.addHeader(name, value);
	}

}
