package dev.throttle.handler;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.throttle.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The scopes of the functional route that takes a request, in an attribute of the
 * request.
 *
 * @since 1.0.0
 */
public final class RouteScopes {

	/**
	 * The name of the attribute.
	 */
	public static final String ATTRIBUTE = RouteScopes.class.getName();

	private RouteScopes() {
	}

	/**
	 * Add a scope. Scopes are added from the inside outwards.
	 * @param scope the scope, which is put before those that are there
	 * @param attributes the attributes of the request
	 */
	public static void addFirst(Scope scope, Map<String, Object> attributes) {
		Set<Scope> scopes = new LinkedHashSet<>();
		scopes.add(scope);
		scopes.addAll(of(attributes.get(ATTRIBUTE)));
		attributes.put(ATTRIBUTE, List.copyOf(scopes));
	}

	/**
	 * Return the scopes in the attribute.
	 * @param attribute the value of the attribute; null if there is none
	 * @return the scopes, the outermost first; empty for none
	 */
	@SuppressWarnings("unchecked")
	public static List<Scope> of(@Nullable Object attribute) {
		return (attribute != null) ? (List<Scope>) attribute : List.of();
	}

}
