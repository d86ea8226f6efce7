package dev.throttle;

import java.util.List;

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
	 * Return the user who has been authenticated.
	 * @return the user's name, null for an anonymous request
	 */
	@Nullable String user();

	/**
	 * Return the policies of the scopes that the handler declares.
	 * @return the policies in the order of their declaration, empty for none
	 */
	List<Policy> handlerPolicies();

	/**
	 * Return the rates by which this request is decided.
	 * @return the rates, the same during the whole request
	 */
	Rates rates();

	/**
	 * Return the request as the framework has it.
	 * @param type the type that is asked for, such as {@code HttpServletRequest}
	 * @param <T> the type
	 * @return the request, null where it is not of that type
	 */
	<T> @Nullable T nativeRequest(Class<T> type);

}
