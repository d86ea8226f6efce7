package dev.throttle.servlet;

import jakarta.servlet.http.HttpServletResponse;

/**
 * Lets scripts of other origins read headers, where CORS lets them read the answer.
 */
final class ExposedHeaders {

	private ExposedHeaders() {
	}

	static void expose(HttpServletResponse response, String... names) {
		if (response.containsHeader("Access-Control-Allow-Origin")) {
			response.addHeader("Access-Control-Expose-Headers", String.join(", ", names));
		}
	}

}
