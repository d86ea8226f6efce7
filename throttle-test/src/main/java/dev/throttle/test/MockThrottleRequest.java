package dev.throttle.test;

import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request for testing throttles: by default, an anonymous GET of {@code /} from the
 * address {@code 192.0.2.1}. Immutable: each method that begins with {@code with} returns
 * a changed copy.
 *
 * @since 1.0.0
 */
public final class MockThrottleRequest implements ThrottleRequest {

	private final String method;

	private final String path;

	private final Map<String, String> headers;

	private final String address;

	private final @Nullable Principal principal;

	private final OptionalLong contentLength;

	private final List<Scope> scopes;

	private final @Nullable Object nativeRequest;

	/**
	 * Create a request.
	 */
	public MockThrottleRequest() {
		this("GET", "/", Map.of(), "192.0.2.1", null, OptionalLong.empty(), List.of(), null);
	}

	private MockThrottleRequest(String method, String path, Map<String, String> headers, String address,
			@Nullable Principal principal, OptionalLong contentLength, List<Scope> scopes,
			@Nullable Object nativeRequest) {
		this.method = method;
		this.path = path;
		this.headers = headers;
		this.address = address;
		this.principal = principal;
		this.contentLength = contentLength;
		this.scopes = scopes;
		this.nativeRequest = nativeRequest;
	}

	/**
	 * Return this request with another HTTP method.
	 * @param method the method
	 * @return the changed copy
	 */
	public MockThrottleRequest withMethod(String method) {
		return new MockThrottleRequest(method, this.path, this.headers, this.address, this.principal,
				this.contentLength, this.scopes, this.nativeRequest);
	}

	/**
	 * Return this request with another path.
	 * @param path the path within the application
	 * @return the changed copy
	 */
	public MockThrottleRequest withPath(String path) {
		return new MockThrottleRequest(this.method, path, this.headers, this.address, this.principal,
				this.contentLength, this.scopes, this.nativeRequest);
	}

	/**
	 * Return this request with a further header, or with another value of it.
	 * @param name the header's name, in any case
	 * @param value its value
	 * @return the changed copy
	 */
	public MockThrottleRequest withHeader(String name, String value) {
		Map<String, String> headers = new LinkedHashMap<>(this.headers);
		headers.put(name.toLowerCase(Locale.ROOT), value);
		return new MockThrottleRequest(this.method, this.path, headers, this.address, this.principal,
				this.contentLength, this.scopes, this.nativeRequest);
	}

	/**
	 * Return this request from another address.
	 * @param address the client's address in its canonical form
	 * @return the changed copy
	 */
	public MockThrottleRequest withAddress(String address) {
		return new MockThrottleRequest(this.method, this.path, this.headers, address, this.principal,
				this.contentLength, this.scopes, this.nativeRequest);
	}

	/**
	 * Return a copy with another authenticated user.
	 * @param user the user's name, null for an anonymous request
	 * @return the changed copy
	 */
	public MockThrottleRequest withUser(@Nullable String user) {
		return withPrincipal((user != null) ? () -> user : null);
	}

	/**
	 * Return a copy with another authenticated principal.
	 * @param principal the principal, null for an anonymous request
	 * @return the changed copy
	 */
	public MockThrottleRequest withPrincipal(@Nullable Principal principal) {
		return new MockThrottleRequest(this.method, this.path, this.headers, this.address, principal,
				this.contentLength, this.scopes, this.nativeRequest);
	}

	/**
	 * Return this request with a body of some length.
	 * @param bytes the length in bytes
	 * @return the changed copy
	 */
	public MockThrottleRequest withContentLength(long bytes) {
		return new MockThrottleRequest(this.method, this.path, this.headers, this.address, this.principal,
				OptionalLong.of(bytes), this.scopes, this.nativeRequest);
	}

	/**
	 * Return this request with further scopes that the handler declares.
	 * @param scopes the scopes
	 * @return the changed copy
	 */
	public MockThrottleRequest withScopes(String... scopes) {
		List<Scope> declared = Stream.concat(this.scopes.stream(), Stream.of(scopes).map(Scope::of)).toList();
		return new MockThrottleRequest(this.method, this.path, this.headers, this.address, this.principal,
				this.contentLength, declared, this.nativeRequest);
	}

	/**
	 * Return a copy with another native request of the web framework.
	 * @param nativeRequest the request
	 * @return the changed copy
	 */
	public MockThrottleRequest withNativeRequest(Object nativeRequest) {
		return new MockThrottleRequest(this.method, this.path, this.headers, this.address, this.principal,
				this.contentLength, this.scopes, nativeRequest);
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
		return this.scopes;
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return type.isInstance(this.nativeRequest) ? type.cast(this.nativeRequest) : null;
	}

	@Override
	public String toString() {
		return this.method + " " + this.path + " by " + client()
				+ (!this.headers.isEmpty() ? ", headers " + this.headers : "")
				+ (!this.scopes.isEmpty() ? ", scopes " + this.scopes : "");
	}

}
