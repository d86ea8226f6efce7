package dev.throttle.servlet;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The paths that are throttled whatever handles them, and those that are not throttled at
 * all. A path is read in two ways: as it was sent, by which handlers are found, and
 * decoded and normalized as by the server, which is how files are found. It is included
 * if either reading is, and excluded only if both are, so that no spelling of a path
 * escapes its limit.
 *
 * @since 1.0.0
 */
public final class PathSelection {

	private static final Pattern REST = Pattern.compile("/(\\*\\*|\\{\\*[^{}]*})");

	private static final Pattern VARIABLE = Pattern.compile("\\{[^{}]*(\\{[^{}]*}[^{}]*)*}|\\*|\\?");

	private static final List<String> TYPICAL_RESTS = List.of("", "/~a0", "/~a0/~b1/~c2");

	private static final String TYPICAL_SEGMENT = "~x9Y";

	private final List<PathPattern> included;

	private final List<PathPattern> excluded;

	/**
	 * Create a selection. A pattern is matched against the path as request mappings are,
	 * within the application and the servlet; one that does not begin with a slash is
	 * given it.
	 * @param included patterns of the paths under which everything is throttled, not only
	 * the application's handlers
	 * @param excluded patterns of the paths under which nothing is throttled
	 * @throws org.springframework.web.util.pattern.PatternParseException if a text is not
	 * a pattern
	 */
	public PathSelection(Collection<String> included, Collection<String> excluded) {
		this.included = parse(included);
		this.excluded = parse(excluded);
	}

	private static List<PathPattern> parse(Collection<String> patterns) {
		PathPatternParser parser = PathPatternParser.defaultInstance;
		return patterns.stream().map((pattern) -> parser.parse(parser.initFullPathPattern(pattern))).toList();
	}

	boolean includes(HttpServletRequest request) {
		return !this.included.isEmpty()
				&& (matches(this.included, asSent(request)) || matches(this.included, normalized(request)));
	}

	boolean excludes(HttpServletRequest request) {
		return !this.excluded.isEmpty() && matches(this.excluded, asSent(request))
				&& matches(this.excluded, normalized(request));
	}

	boolean includesSome() {
		return !this.included.isEmpty();
	}

	/**
	 * Return whether all paths that handlers are mapped to by these patterns are
	 * excluded. It is found out with one path, or some, for each pattern.
	 */
	boolean excludesAll(Collection<String> mapped) {
		return !this.excluded.isEmpty() && !mapped.isEmpty() && mapped.stream().allMatch(this::excludesAll);
	}

	private boolean excludesAll(String mapped) {
		List<PathContainer> paths = TYPICAL_RESTS.stream()
			.map((rest) -> REST.matcher(mapped).replaceAll(rest))
			.map((path) -> VARIABLE.matcher(path).replaceAll(TYPICAL_SEGMENT))
			.map(PathContainer::parsePath)
			.toList();
		return this.excluded.stream()
			.anyMatch((pattern) -> pattern.getPatternString().equals(mapped)
					|| paths.stream().allMatch(pattern::matches));
	}

	private static boolean matches(List<PathPattern> patterns, PathContainer path) {
		return patterns.stream().anyMatch((pattern) -> pattern.matches(path));
	}

	private static PathContainer asSent(HttpServletRequest request) {
		RequestPath path = ServletRequestPathUtils.hasParsedRequestPath(request)
				? ServletRequestPathUtils.getParsedRequestPath(request) : ServletRequestPathUtils.parse(request);
		return path.pathWithinApplication();
	}

	private static PathContainer normalized(HttpServletRequest request) {
		boolean underPrefix = request.getHttpServletMapping().getMappingMatch() == MappingMatch.PATH;
		String servletPath = underPrefix ? "" : request.getServletPath();
		String pathInfo = (request.getPathInfo() != null) ? request.getPathInfo() : "";
		String path = servletPath + pathInfo;
		return path.isEmpty() ? asSent(request) : PathContainer.parsePath(path.replace("%", "%25").replace(";", "%3B"));
	}

}
