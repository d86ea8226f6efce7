package dev.throttle.handler;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

import dev.throttle.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The scopes that a handler declares. Those of the functional route that takes a request
 * are in an attribute of the request.
 *
 * @param scopes the scopes, in the order in which they are counted
 * @param costs how many permits a request takes, for the scopes for which the handler
 * says so
 * @param sources what gives a route each scope, for messages; empty for methods
 * @since 1.0.0
 */
public record DeclaredScopes(List<Scope> scopes, Map<Scope, Long> costs, Map<Scope, String> sources) {

	/**
	 * No scopes.
	 */
	public static final DeclaredScopes NONE = new DeclaredScopes(List.of(), Map.of());

	/**
	 * The name of the attribute.
	 */
	public static final String ATTRIBUTE = DeclaredScopes.class.getName();

	/**
	 * Declare scopes.
	 * @param scopes the scopes, in the order in which they are counted
	 * @param costs the costs of some of them, positive whole numbers
	 * @param sources what gives a route each of them, for messages
	 * @throws IllegalArgumentException if a cost is not positive
	 */
	public DeclaredScopes {
		scopes = List.copyOf(scopes);
		costs = Map.copyOf(costs);
		sources = Map.copyOf(sources);
		costs.forEach((scope, cost) -> {
			if (cost < 1) {
				throw new IllegalArgumentException(
						"The cost of the scope '" + scope + "' must be a positive whole number but is " + cost);
			}
		});
	}

	/**
	 * Declare the scopes of a method.
	 * @param scopes the scopes, in the order in which they are counted
	 * @param costs the costs of some of them, positive whole numbers
	 * @throws IllegalArgumentException if a cost is not positive
	 */
	public DeclaredScopes(List<Scope> scopes, Map<Scope, Long> costs) {
		this(scopes, costs, Map.of());
	}

	/**
	 * Declare the scope of functional routes.
	 * @param scope the scope
	 * @param costs its cost, if it has one
	 * @return the scope
	 * @throws IllegalArgumentException if the scope or the cost is not valid
	 */
	public static DeclaredScopes ofRoutes(String scope, Map<Scope, Long> costs) {
		Scope known = Scope.of(scope);
		return new DeclaredScopes(List.of(known), costs, Map.of(known, "ScopedRoutes.of(\"" + known + "\", ...)"));
	}

	/**
	 * Declare the scope of a filter of Spring Cloud Gateway.
	 * @param scope the scope
	 * @param route the name of the route that has the filter; null if it is unknown
	 * @return the scope
	 * @throws InvalidThrottleConfigurationException if the scope is not valid
	 */
	public static DeclaredScopes ofGatewayFilter(String scope, @Nullable String route) {
		String source = "The filter 'Throttle=" + scope + "' of "
				+ ((route != null) ? "the gateway's route '" + route + "'" : "a route of the gateway");
		try {
			Scope known = Scope.of(scope);
			return new DeclaredScopes(List.of(known), Map.of(), Map.of(known, source));
		}
		catch (IllegalArgumentException ex) {
			throw HandlerScopes.notValid(source, scope);
		}
	}

	/**
	 * Return what gives a route one of the scopes, for messages.
	 * @param scope the scope
	 * @return the source, as the subject of a sentence
	 */
	String source(Scope scope) {
		return this.sources.getOrDefault(scope, "A route");
	}

	/**
	 * Return the scopes in the attribute.
	 * @param attribute the value of the attribute; null if there is none
	 * @return the scopes, the outermost first
	 */
	public static DeclaredScopes of(@Nullable Object attribute) {
		return (attribute != null) ? (DeclaredScopes) attribute : NONE;
	}

	/**
	 * Add these scopes to those in the attribute, which are those of the routes within.
	 * @param attributes the attributes of the request
	 */
	public void addTo(Map<String, Object> attributes) {
		attributes.put(ATTRIBUTE, around(of(attributes.get(ATTRIBUTE))));
	}

	/**
	 * Return these scopes and those of the routes within. The innermost cost of a scope
	 * counts.
	 * @param inner the scopes of the routes within
	 * @return all scopes, the outermost first
	 */
	public DeclaredScopes around(DeclaredScopes inner) {
		Set<Scope> scopes = new LinkedHashSet<>(this.scopes);
		scopes.addAll(inner.scopes);
		Map<Scope, Long> costs = new HashMap<>(this.costs);
		costs.putAll(inner.costs);
		Map<Scope, String> sources = new HashMap<>(this.sources);
		sources.putAll(inner.sources);
		return new DeclaredScopes(List.copyOf(scopes), costs, sources);
	}

	/**
	 * Return whether there are none.
	 * @return whether there are none
	 */
	public boolean isEmpty() {
		return this.scopes.isEmpty();
	}

	/**
	 * Return how many permits a request takes under a scope.
	 * @param scope the scope
	 * @return the declared cost; empty if none is declared
	 */
	public OptionalLong cost(Scope scope) {
		Long cost = this.costs.get(scope);
		return (cost != null) ? OptionalLong.of(cost) : OptionalLong.empty();
	}

	/**
	 * Return the scopes whose cost the handler can settle: those for which it declares a
	 * cost, or all if it declares none.
	 * @return the scopes
	 */
	public Collection<Scope> settleable() {
		return this.costs.isEmpty() ? this.scopes : this.costs.keySet();
	}

}
