package dev.throttle.sample.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Answers with status 401, a challenge and a problem.
 */
public final class ProblemEntryPoint implements AuthenticationEntryPoint {

	private final String challenge;

	private final String detail;

	private final HandlerExceptionResolver problems;

	/**
	 * Create an entry point.
	 * @param challenge the authentication scheme, with parameters or without
	 * @param detail what the client must do, in a sentence
	 * @param problems answers exceptions
	 */
	public ProblemEntryPoint(String challenge, String detail, HandlerExceptionResolver problems) {
		this.challenge = challenge;
		this.detail = detail;
		this.problems = problems;
	}

	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException ex) {
		response.setHeader("WWW-Authenticate", this.challenge);
		this.problems.resolveException(request, response, null, new BadCredentialsException(this.detail, ex));
	}

}
