package dev.throttle.web;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * The scopes that count bytes. Other scopes count requests.
 *
 * @since 1.0.0
 */
public final class ByteScopes {

	/**
	 * No scopes.
	 */
	public static final ByteScopes NONE = new ByteScopes(Map.of());

	/** Over HTTP/2, the length of a body may be unknown without a sign of it. */
	private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	private final Map<Scope, Counted> byScope;

	/**
	 * Create the scopes.
	 * @param byScope what each of them counts
	 */
	public ByteScopes(Map<Scope, Counted> byScope) {
		this.byScope = Map.copyOf(byScope);
	}

	/**
	 * Return whether there are none.
	 * @return whether all scopes count requests
	 */
	public boolean isEmpty() {
		return this.byScope.isEmpty();
	}

	/**
	 * Return what a request reserves if its size is not known.
	 * @return the number of bytes by scope
	 */
	public Map<Scope, Long> reserved() {
		Map<Scope, Long> reserved = new HashMap<>();
		this.byScope.forEach((scope, counted) -> reserved.put(scope, counted.reserve()));
		return reserved;
	}

	/**
	 * Return what a request reserves.
	 * @param scope the scope
	 * @param request the request
	 * @param hidesUnknownLength whether its body may have an unknown length without
	 * {@code Transfer-Encoding}, as over HTTP/2
	 * @return the number of bytes, 0 for no body; 1 if the scope counts requests
	 */
	public long cost(Scope scope, ThrottleRequest request, boolean hidesUnknownLength) {
		Counted counted = this.byScope.get(scope);
		if (counted == null) {
			return 1;
		}
		if (counted.unit() == CostUnit.RESPONSE_BYTES) {
			return counted.reserve();
		}
		boolean hasUnknownLength = request.header("Transfer-Encoding") != null
				|| hidesUnknownLength && !WITHOUT_BODY.contains(request.method());
		return request.contentLength().orElse(hasUnknownLength ? counted.reserve() : 0);
	}

	/**
	 * Return what a request has taken in truth; negative if it is unknown, or if the
	 * scope counts requests.
	 */
	long trueCost(Scope scope, @Nullable ByteCount passed) {
		Counted counted = this.byScope.get(scope);
		return (counted != null && passed != null) ? passed.passed(counted.unit()) : -1;
	}

	/**
	 * What a scope counts.
	 *
	 * @param unit the kind of bytes
	 * @param reserve how many a request reserves if its size is not known
	 */
	public record Counted(CostUnit unit, long reserve) {

	}

}
