package dev.throttle.sample.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Says with status 401, a challenge and a problem that the client must say who it is.
 */
public final class ProblemEntryPoint implements AuthenticationEntryPoint {

	private final String challenge;

	private final HandlerExceptionResolver problems;

	/**
	 * Create an entry point.
	 * @param challenge the authentication scheme, with parameters or without
	 * @param problems answers exceptions
	 */
	public ProblemEntryPoint(String challenge, HandlerExceptionResolver problems) {
		this.challenge = challenge;
		this.problems = problems;
	}

	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException ex) {
		response.setHeader("WWW-Authenticate", this.challenge);
		this.problems.resolveException(request, response, null, ex);
	}

}
