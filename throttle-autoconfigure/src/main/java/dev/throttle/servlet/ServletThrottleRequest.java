package dev.throttle.servlet;

import java.security.Principal;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.OptionalLong;

import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.WebUtils;

/**
 * A servlet request as throttles see it. Not thread-safe.
 */
final class ServletThrottleRequest implements ThrottleRequest {

	private final HttpServletRequest request;

	private final DeclaredScopes declared;

	private final ClientAddressResolver addresses;

	private final ByteScopes bytes;

	private @Nullable String address;

	private @Nullable Principal principal;

	private boolean principalAsked;

	ServletThrottleRequest(HttpServletRequest request, DeclaredScopes declared, ClientAddressResolver addresses,
			ByteScopes bytes) {
		this.request = request;
		this.declared = declared;
		this.addresses = addresses;
		this.bytes = bytes;
	}

	@Override
	public String method() {
		return this.request.getMethod();
	}

	/**
	 * Return the path as request mappings compare it: decoded and without path parameters
	 * such as {@code ;a=b}, so that clients cannot spell one path in several ways.
	 */
	@Override
	public String path() {
		String pathInfo = this.request.getPathInfo();
		String path = this.request.getServletPath() + ((pathInfo != null) ? pathInfo : "");
		return !path.isEmpty() ? path : decodedPath();
	}

	private String decodedPath() {
		String raw = this.request.getRequestURI().substring(this.request.getContextPath().length());
		StringBuilder path = new StringBuilder(raw.length());
		for (PathContainer.Element element : PathContainer.parsePath(raw).elements()) {
			path.append(
					(element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch() : element.value());
		}
		return path.toString();
	}

	@Override
	public @Nullable String header(String name) {
		return this.request.getHeader(name);
	}

	@Override
	public String address() {
		String address = this.address;
		if (address == null) {
			address = this.addresses.resolve(this.request.getRemoteAddr(), addressLines());
			this.address = address;
		}
		return address;
	}

	private List<String> addressLines() {
		String header = this.addresses.header();
		Enumeration<String> lines = (header != null) ? this.request.getHeaders(header) : null;
		return (lines != null && lines.hasMoreElements()) ? Collections.list(lines) : List.of();
	}

	@Override
	public @Nullable Principal principal() {
		if (!this.principalAsked) {
			this.principal = this.request.getUserPrincipal();
			this.principalAsked = true;
		}
		return this.principal;
	}

	@Override
	public OptionalLong contentLength() {
		long length = this.request.getContentLengthLong();
		return (length >= 0) ? OptionalLong.of(length) : OptionalLong.empty();
	}

	@Override
	public List<Scope> scopes() {
		return this.declared.scopes();
	}

	/**
	 * Return the cost that the handler declares, or else the number of bytes.
	 */
	@Override
	public long cost(Scope scope) {
		OptionalLong declared = this.declared.cost(scope);
		if (declared.isPresent()) {
			return declared.getAsLong();
		}
		return this.bytes.isEmpty() ? 1 : this.bytes.cost(scope, this, this.request.getProtocol().startsWith("HTTP/2"));
	}

	@Override
	public @Nullable String plan() {
		CountedRequest counted = CountedRequest.of(this.request);
		return (counted != null) ? counted.plan() : null;
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return WebUtils.getNativeRequest(this.request, type);
	}

}
