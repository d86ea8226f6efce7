package dev.throttle;

import java.security.Principal;
import java.util.List;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * A request, as a throttle sees it.
 *
 * @since 1.0.0
 */
public interface ThrottleRequest {

	/**
	 * Return the HTTP method.
	 * @return the method; a standard method is in upper case
	 */
	String method();

	/**
	 * Return the path within the application. All spellings of a path give the same text.
	 * @return the path, decoded and normalized, without path parameters and query
	 */
	String path();

	/**
	 * Return a header.
	 * @param name the header's name, in any case
	 * @return the value of its first header line, null if the header is absent
	 */
	@Nullable String header(String name);

	/**
	 * Return the address of the client. Forwarded headers are used only as far as they
	 * can be trusted.
	 * @return the address in its canonical form, without port and zone; for IPv6, the
	 * network only
	 */
	String address();

	/**
	 * Return the authenticated principal.
	 * @return the principal, null for an anonymous request
	 */
	@Nullable Principal principal();

	/**
	 * Return the name of the authenticated user.
	 * @return the principal's name, null for an anonymous request
	 */
	default @Nullable String user() {
		Principal principal = principal();
		return (principal != null) ? principal.getName() : null;
	}

	/**
	 * Return the client: the user, or the address of an anonymous request.
	 * @return the client
	 */
	default Client client() {
		String user = user();
		return (user != null) ? Client.user(user) : Client.address(address());
	}

	/**
	 * Return the length of the body, as declared by the client.
	 * @return the length in bytes, empty if it is not declared
	 */
	OptionalLong contentLength();

	/**
	 * Return the scopes that the handler declares.
	 * @return the scopes in the order of their declaration, empty for none
	 */
	List<Scope> scopes();

	/**
	 * Return whether the handler declares a scope.
	 * @param scope the scope, in any spelling
	 * @return whether it does
	 * @throws IllegalArgumentException if the scope is not valid
	 */
	default boolean hasScope(String scope) {
		return scopes().contains(Scope.of(scope));
	}

	/**
	 * Return how many permits the request takes under a scope, unless a throttle says
	 * otherwise: what the handler declares, the number of bytes if the scope counts
	 * those, or else 1.
	 * @param scope the scope
	 * @return the cost; 0 if there is nothing to count
	 */
	default long cost(Scope scope) {
		return 1;
	}

	/**
	 * Return the plan of the client, if it was found out before, such as in the filter
	 * before authentication.
	 * @return the name of the plan, null if it is not known yet
	 */
	default @Nullable String plan() {
		return null;
	}

	/**
	 * Return the native request of the web framework.
	 * @param type the expected type, such as {@code HttpServletRequest}
	 * @param <T> the type
	 * @return the request, null if it is not of that type
	 */
	<T> @Nullable T nativeRequest(Class<T> type);

}
