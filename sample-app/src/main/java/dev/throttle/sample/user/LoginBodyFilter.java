package dev.throttle.sample.user;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads the body of a login before the throttles are asked, which need the user name in
 * it. A body that is longer than any login is refused.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class LoginBodyFilter extends OncePerRequestFilter {

	private static final int MAX_BYTES = 4096;

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return !request.getMethod().equals("POST") || !request.getServletPath().equals("/users/login");
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		byte[] content = request.getInputStream().readNBytes(MAX_BYTES + 1);
		if (content.length > MAX_BYTES) {
			response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
		}
		else {
			chain.doFilter(new LoginBody(request, content), response);
		}
	}

}
