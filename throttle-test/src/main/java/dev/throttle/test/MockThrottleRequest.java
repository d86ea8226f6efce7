package dev.throttle.test;

import java.security.Principal;
import java.util.HashMap;
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

	private String method = "GET";

	private String path = "/";

	private Map<String, String> headers = Map.of();

	private String address = "192.0.2.1";

	private @Nullable Principal principal;

	private OptionalLong contentLength = OptionalLong.empty();

	private List<Scope> scopes = List.of();

	private Map<Scope, Long> costs = Map.of();

	private @Nullable String plan;

	private @Nullable Object nativeRequest;

	/**
	 * Create a request.
	 */
	public MockThrottleRequest() {
	}

	private MockThrottleRequest(MockThrottleRequest other) {
		this.method = other.method;
		this.path = other.path;
		this.headers = other.headers;
		this.address = other.address;
		this.principal = other.principal;
		this.contentLength = other.contentLength;
		this.scopes = other.scopes;
		this.costs = other.costs;
		this.plan = other.plan;
		this.nativeRequest = other.nativeRequest;
	}

	/**
	 * Return this request with another HTTP method.
	 * @param method the method
	 * @return the changed copy
	 */
	public MockThrottleRequest withMethod(String method) {
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.method = method;
		return changed;
	}

	/**
	 * Return this request with another path.
	 * @param path the path within the application
	 * @return the changed copy
	 */
	public MockThrottleRequest withPath(String path) {
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.path = path;
		return changed;
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
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.headers = headers;
		return changed;
	}

	/**
	 * Return this request from another address.
	 * @param address the client's address in its canonical form
	 * @return the changed copy
	 */
	public MockThrottleRequest withAddress(String address) {
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.address = address;
		return changed;
	}

	/**
	 * Return this request with another authenticated user.
	 * @param user the user's name, null for an anonymous request
	 * @return the changed copy
	 */
	public MockThrottleRequest withUser(@Nullable String user) {
		return withPrincipal((user != null) ? () -> user : null);
	}

	/**
	 * Return this request with another authenticated principal.
	 * @param principal the principal, null for an anonymous request
	 * @return the changed copy
	 */
	public MockThrottleRequest withPrincipal(@Nullable Principal principal) {
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.principal = principal;
		return changed;
	}

	/**
	 * Return this request with a body of some length.
	 * @param bytes the length in bytes
	 * @return the changed copy
	 */
	public MockThrottleRequest withContentLength(long bytes) {
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.contentLength = OptionalLong.of(bytes);
		return changed;
	}

	/**
	 * Return this request with further scopes that the handler declares.
	 * @param scopes the scopes
	 * @return the changed copy
	 */
	public MockThrottleRequest withScopes(String... scopes) {
		List<Scope> declared = Stream.concat(this.scopes.stream(), Stream.of(scopes).map(Scope::of)).toList();
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.scopes = declared;
		return changed;
	}

	/**
	 * Return this request with another cost under a scope.
	 * @param scope the scope, in any spelling
	 * @param cost how many permits it takes, 0 or more
	 * @return the changed copy
	 */
	public MockThrottleRequest withCost(String scope, long cost) {
		Map<Scope, Long> costs = new HashMap<>(this.costs);
		costs.put(Scope.of(scope), cost);
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.costs = costs;
		return changed;
	}

	/**
	 * Return this request with another plan that was found out before.
	 * @param plan the name of the plan, null if it is not known yet
	 * @return the changed copy
	 */
	public MockThrottleRequest withPlan(@Nullable String plan) {
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.plan = plan;
		return changed;
	}

	/**
	 * Return this request with another native request of the web framework.
	 * @param nativeRequest the request
	 * @return the changed copy
	 */
	public MockThrottleRequest withNativeRequest(Object nativeRequest) {
		MockThrottleRequest changed = new MockThrottleRequest(this);
		changed.nativeRequest = nativeRequest;
		return changed;
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
	public long cost(Scope scope) {
		return this.costs.getOrDefault(scope, 1L);
	}

	@Override
	public @Nullable String plan() {
		return this.plan;
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
