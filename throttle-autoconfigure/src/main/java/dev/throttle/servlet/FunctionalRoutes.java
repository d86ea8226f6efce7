package dev.throttle.servlet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import org.springframework.core.io.Resource;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Lists the routes of a router function, except static resources. Predicates are read as
 * text, because their visitor has different methods in Spring 6 and 7.
 */
final class FunctionalRoutes implements RouterFunctions.Visitor {

	private static final String RESOURCES = "org.springframework.web.servlet.function.ResourceHandlerFunction";

	private static final String ANY_PATH = "/**";

	private final Deque<RequestPredicate> nested = new ArrayDeque<>();

	private final List<Route> routes = new ArrayList<>();

	private FunctionalRoutes() {
	}

	/**
	 * Return whether a handler that Spring MVC passes to interceptors is a functional
	 * route.
	 */
	static boolean isRoute(Object handler) {
		return handler instanceof HandlerFunction && !handler.getClass().getName().equals(RESOURCES);
	}

	static List<Route> of(RouterFunction<?> routes) {
		FunctionalRoutes visitor = new FunctionalRoutes();
		routes.accept(visitor);
		return visitor.routes;
	}

	@Override
	public void startNested(RequestPredicate predicate) {
		this.nested.addLast(predicate);
	}

	@Override
	public void endNested(RequestPredicate predicate) {
		this.nested.removeLast();
	}

	@Override
	public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
		List<String> predicates = Stream.concat(this.nested.stream(), Stream.of(predicate))
			.map(FunctionalRoutes::text)
			.toList();
		String path = String.join("", predicates.stream().map(FunctionalRoutes::path).toList());
		this.routes.add(new Route("route of " + declaring(handler), List.of(String.join(" && ", predicates)),
				List.of(path.isEmpty() ? ANY_PATH : path)));
	}

	@Override
	public void resources(Function<ServerRequest, Optional<Resource>> lookup) {
	}

	@Override
	public void attributes(Map<String, Object> attributes) {
	}

	@Override
	public void unknown(RouterFunction<?> routes) {
		this.routes.add(new Route("routes of " + declaring(routes), List.of(), List.of(ANY_PATH)));
	}

	private static String text(RequestPredicate predicate) {
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
	 */
	record Route(String name, List<String> mappings, List<String> paths) {
	}

}
