package dev.throttle.sample.apikey;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Authenticates requests by the API key in {@code X-API-Key}, or else in
 * {@code Authorization}, alone or after {@code Bearer} or {@code ApiKey}.
 */
class ApiKeyFilter extends OncePerRequestFilter {

	private final ApiKeyService keys;

	private final HandlerExceptionResolver problems;

	private final AuthenticationEntryPoint entryPoint;

	ApiKeyFilter(ApiKeyService keys, HandlerExceptionResolver problems, AuthenticationEntryPoint entryPoint) {
		this.keys = keys;
		this.problems = problems;
		this.entryPoint = entryPoint;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String key = key(request);
		if (key == null) {
			this.problems.resolveException(request, response, null, new MissingApiKeyException());
			return;
		}
		Optional<ApiKey> owner = this.keys.findOwner(key);
		if (owner.isEmpty()) {
			this.entryPoint.commence(request, response, new BadCredentialsException("No such key"));
			return;
		}
		SecurityContext context = SecurityContextHolder.createEmptyContext();
		context.setAuthentication(new ApiKeyAuthentication(owner.get().username()));
		SecurityContextHolder.setContext(context);
		chain.doFilter(request, response);
	}

	private static @Nullable String key(HttpServletRequest request) {
		String key = request.getHeader("X-API-Key");
		if (key != null && !key.isBlank()) {
			return key.strip();
		}
		String authorization = request.getHeader("Authorization");
		if (authorization == null || authorization.isBlank()) {
			return null;
		}
		String[] words = authorization.strip().split(" +", 2);
		if (words.length == 1) {
			return words[0];
		}
		String scheme = words[0].toLowerCase(Locale.ROOT);
		return (scheme.equals("bearer") || scheme.equals("apikey")) ? words[1].strip() : null;
	}

}
