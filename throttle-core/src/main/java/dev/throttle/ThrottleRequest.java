package dev.throttle;

import java.security.Principal;
import java.util.List;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * What a throttle may ask about a request.
 *
 * @since 1.0.0
 */
public interface ThrottleRequest {

	/**
	 * Return the HTTP method.
	 * @return the method, in upper case where it is one of the standard's
	 */
	String method();

	/**
	 * Return the path within the application, in the same form for all spellings that a
	 * client may give it.
	 * @return the path, decoded and normalized, without path parameters and the query
	 */
	String path();

	/**
	 * Return a header.
	 * @param name the header's name, in any case
	 * @return the value of its first line, null where the header is absent
	 */
	@Nullable String header(String name);

	/**
	 * Return the address of the client, as far as it can be believed.
	 * @return the address in its canonical form, without port and zone; of an IPv6
	 * address the network only
	 */
	String address();

	/**
	 * Return who has been authenticated.
	 * @return the principal, null for an anonymous request
	 */
	@Nullable Principal principal();

	/**
	 * Return the user who has been authenticated.
	 * @return the principal's name, null for an anonymous request
	 */
	default @Nullable String user() {
		Principal principal = principal();
		return (principal != null) ? principal.getName() : null;
	}

	/**
	 * Return who asks: the user, or else the address.
	 * @return the client
	 */
	default Client client() {
		String user = user();
		return (user != null) ? Client.user(user) : Client.address(address());
	}

	/**
	 * Return the length of the body, as the client announces it.
	 * @return the length in bytes, empty where it is not announced
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
	 * @throws IllegalArgumentException if the scope is not of the form of one
	 */
	default boolean hasScope(String scope) {
		return scopes().contains(Scope.of(scope));
	}

	/**
	 * Return the request as the framework has it.
	 * @param type the type that is asked for, such as {@code HttpServletRequest}
	 * @param <T> the type
	 * @return the request, null where it is not of that type
	 */
	<T> @Nullable T nativeRequest(Class<T> type);

}
