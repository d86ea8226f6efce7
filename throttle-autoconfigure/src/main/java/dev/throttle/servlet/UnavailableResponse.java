package dev.throttle.servlet;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Answers a request that could not be counted with status 503 and a problem of the type
 * that draft-ietf-httpapi-ratelimit-headers-11 has for it.
 */
final class UnavailableResponse {

	private static final String REDUCED_CAPACITY = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

	private UnavailableResponse() {
	}

	static void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
		JsonObject problem = new JsonObject();
		problem.add("type", REDUCED_CAPACITY);
		problem.add("title", "Service Unavailable");
		problem.add("status", 503);
		problem.add("detail", "Requests cannot be counted at the moment.");
		problem.add("instance", request.getRequestURI());
		ProblemResponse.write(503, problem.toString(), response);
	}

}
