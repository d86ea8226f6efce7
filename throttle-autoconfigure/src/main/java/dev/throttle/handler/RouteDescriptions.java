package dev.throttle.handler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Collects the routes of a router function. Predicates are read as text, because their
 * visitor has different methods in Spring 6 and 7.
 *
 * @since 1.0.0
 */
public final class RouteDescriptions {

	private static final String ANY_PATH = "/**";

	private final Deque<Object> nested = new ArrayDeque<>();

	private final Deque<DeclaredScopes> scopes = new ArrayDeque<>();

	private final List<Route> routes = new ArrayList<>();

	/**
	 * Begin the routes below a predicate.
	 * @param predicate the predicate
	 */
	public void startNested(Object predicate) {
		this.nested.addLast(predicate);
	}

	/**
	 * End the routes below the last predicate.
	 */
	public void endNested() {
		this.nested.removeLast();
	}

	/**
	 * Begin the routes that have scopes of their own.
	 * @param own their own scopes
	 */
	public void startScopes(DeclaredScopes own) {
		this.scopes.addLast(scopes().around(own));
	}

	/**
	 * End the routes that have the last scopes.
	 */
	public void endScopes() {
		this.scopes.removeLast();
	}

	/**
	 * Add a route.
	 * @param predicate its predicate
	 * @param handler its handler function
	 */
	public void add(Object predicate, Object handler) {
		List<String> predicates = Stream.concat(this.nested.stream(), Stream.of(predicate))
			.map(RouteDescriptions::text)
			.toList();
		String path = String.join("", predicates.stream().map(RouteDescriptions::path).toList());
		this.routes.add(new Route("route of " + declaring(handler), List.of(String.join(" && ", predicates)),
				List.of(path.isEmpty() ? ANY_PATH : path), scopes()));
	}

	/**
	 * Add a router function whose routes are unknown.
	 * @param function the router function
	 */
	public void addUnknown(Object function) {
		this.routes.add(new Route("routes of " + declaring(function), List.of(), List.of(ANY_PATH), scopes()));
	}

	private DeclaredScopes scopes() {
		return this.scopes.isEmpty() ? DeclaredScopes.NONE : this.scopes.getLast();
	}

	/**
	 * Return the routes.
	 * @return the routes in the order in which they were added
	 */
	public List<Route> routes() {
		return this.routes;
	}

	private static String text(Object predicate) {
		String text = predicate.toString();
		return (text.startsWith("(") && text.indexOf(')') == text.length() - 1) ? text.substring(1, text.length() - 1)
				: text;
	}

	/**
	 * Return the path of a predicate; empty if it has none.
	 */
	private static String path(String predicate) {
		if (predicate.contains("||") || predicate.contains("!")) {
			return ANY_PATH;
		}
		List<String> paths = Stream.of(predicate.replaceAll("[()]", "").split(" && "))
			.filter((part) -> part.startsWith("/"))
			.toList();
		return (paths.size() > 1) ? ANY_PATH : String.join("", paths);
	}

	/**
	 * Return the class that defines a function.
	 */
	private static String declaring(Object function) {
		String name = function.getClass().getName();
		int lambda = name.indexOf("$$Lambda");
		return (lambda > 0) ? name.substring(0, lambda) : name;
	}

	/**
	 * A route.
	 *
	 * @param name the class that defines it, for messages
	 * @param mappings its mappings, for messages
	 * @param paths the patterns of its paths
	 * @param scopes the scopes that it has in addition to the default throttles
	 */
	public record Route(String name, List<String> mappings, List<String> paths, DeclaredScopes scopes) {

		private static final Pattern EXPRESSION = Pattern.compile("\\{\\*?([^{}:]+)(:[^{}]*(\\{[^{}]*}[^{}]*)*)?}");

		private static final Pattern METHOD = Pattern
			.compile("(^|[ (\\[])(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE)\\b");

		/**
		 * Return whether this route serves a mapped path.
		 */
		boolean serves(String path, String method) {
			return this.paths.stream().anyMatch((own) -> plain(own).equals(plain(path)))
					&& this.mappings.stream().anyMatch((mapping) -> {
						List<String> methods = METHOD.matcher(mapping)
							.results()
							.map((match) -> match.group(2))
							.toList();
						return methods.isEmpty() || methods.contains(method);
					});
		}

		private static String plain(String path) {
			return EXPRESSION.matcher(path).replaceAll("{$1}");
		}

	}

}
