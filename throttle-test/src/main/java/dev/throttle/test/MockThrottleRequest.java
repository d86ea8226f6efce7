package dev.throttle.test;

import java.security.Principal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request for testing throttles: by default, an anonymous GET of {@code /} from the
 * address {@code 192.0.2.1}.
 *
 * @since 1.0.0
 */
public final class MockThrottleRequest implements ThrottleRequest {

	private final Map<String, String> headers = new LinkedHashMap<>();

	private final List<Scope> scopes = new ArrayList<>();

	private String method = "GET";

	private String path = "/";

	private String address = "192.0.2.1";

	private @Nullable Principal principal;

	private OptionalLong contentLength = OptionalLong.empty();

	private @Nullable Object nativeRequest;

	/**
	 * Set the HTTP method.
	 * @param method the method
	 * @return this request
	 */
	public MockThrottleRequest withMethod(String method) {
		this.method = method;
		return this;
	}

	/**
	 * Set the path.
	 * @param path the path within the application
	 * @return this request
	 */
	public MockThrottleRequest withPath(String path) {
		this.path = path;
		return this;
	}

	/**
	 * Set a header.
	 * @param name the header's name, in any case
	 * @param value its value
	 * @return this request
	 */
	public MockThrottleRequest withHeader(String name, String value) {
		this.headers.put(name.toLowerCase(Locale.ROOT), value);
		return this;
	}

	/**
	 * Set the address of the client.
	 * @param address the address in its canonical form
	 * @return this request
	 */
	public MockThrottleRequest withAddress(String address) {
		this.address = address;
		return this;
	}

	/**
	 * Set the authenticated user.
	 * @param user the user's name, null for an anonymous request
	 * @return this request
	 */
	public MockThrottleRequest withUser(@Nullable String user) {
		this.principal = (user != null) ? () -> user : null;
		return this;
	}

	/**
	 * Set the authenticated principal.
	 * @param principal the principal, null for an anonymous request
	 * @return this request
	 */
	public MockThrottleRequest withPrincipal(@Nullable Principal principal) {
		this.principal = principal;
		return this;
	}

	/**
	 * Set the length of the body.
	 * @param bytes the length in bytes
	 * @return this request
	 */
	public MockThrottleRequest withContentLength(long bytes) {
		this.contentLength = OptionalLong.of(bytes);
		return this;
	}

	/**
	 * Add scopes that the handler declares.
	 * @param scopes the scopes
	 * @return this request
	 */
	public MockThrottleRequest withScopes(String... scopes) {
		for (String scope : scopes) {
			this.scopes.add(Scope.of(scope));
		}
		return this;
	}

	/**
	 * Set the native request of the web framework.
	 * @param nativeRequest the request
	 * @return this request
	 */
	public MockThrottleRequest withNativeRequest(Object nativeRequest) {
		this.nativeRequest = nativeRequest;
		return this;
	}

	@Override
	public String method() {
		return this.method;
	}

	@Override
	public String path() {
		return this.path;
	}

	@Override
	public @Nullable String header(String name) {
		return this.headers.get(name.toLowerCase(Locale.ROOT));
	}

	@Override
	public String address() {
		return this.address;
	}

	@Override
	public @Nullable Principal principal() {
		return this.principal;
	}

	@Override
	public OptionalLong contentLength() {
		return this.contentLength;
	}

	@Override
	public List<Scope> scopes() {
		return List.copyOf(this.scopes);
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return type.isInstance(this.nativeRequest) ? type.cast(this.nativeRequest) : null;
	}

}
