package dev.throttle.servlet;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Answers a request that could not be counted with status 503 and a problem of the type
 * that draft-ietf-httpapi-ratelimit-headers-11 has for it, or with a page where the
 * client prefers one.
 */
final class UnavailableResponse {

	private static final String REDUCED_CAPACITY = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

	private static final String TITLE = "Service Unavailable";

	private static final String DETAIL = "Requests cannot be counted at the moment.";

	private UnavailableResponse() {
	}

	static void write(ErrorPage page, HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (ErrorPage.isPreferred(request)) {
			page.write(503, TITLE, DETAIL, request, response);
			return;
		}
		JsonObject problem = new JsonObject();
		problem.add("type", REDUCED_CAPACITY);
		problem.add("title", TITLE);
		problem.add("status", 503);
		problem.add("detail", DETAIL);
		problem.add("instance", request.getRequestURI());
		ProblemResponse.write(503, problem.toString(), response);
	}

}
