package dev.throttle.sample.user;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads the body of a login before the throttles are asked, which need the user name in
 * it. A body that is longer than any login is refused, and so is one that is not in
 * UTF-8, in which the throttles could find another name than the login.
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
		if (!isInUtf8(request.getContentType())) {
			response.sendError(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE);
			return;
		}
		byte[] content = request.getInputStream().readNBytes(MAX_BYTES + 1);
		if (content.length > MAX_BYTES) {
			response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
		}
		else {
			chain.doFilter(new LoginBody(request, content), response);
		}
	}

	private static boolean isInUtf8(@Nullable String contentType) {
		try {
			Charset charset = (contentType != null) ? MediaType.parseMediaType(contentType).getCharset() : null;
			return charset == null || charset.equals(StandardCharsets.UTF_8);
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

}
