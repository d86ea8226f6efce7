package dev.throttle.web;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The paths that are always throttled and those that never are. A path has two forms: as
 * sent, which selects handlers, and decoded and normalized, which selects files. It is
 * included if either form matches, also in other letter case or with a slash at its end,
 * and excluded only if both match as they are, so that no spelling of a path escapes its
 * limit.
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
	 * Create a selection. Patterns work like those of request mappings, within the
	 * application and the servlet. A missing leading slash is added.
	 * @param included the patterns of paths that are throttled even if no handler of the
	 * application serves them
	 * @param excluded the patterns of paths that are never throttled
	 * @throws org.springframework.web.util.pattern.PatternParseException if a text is not
	 * a pattern
	 */
	public PathSelection(Collection<String> included, Collection<String> excluded) {
		PathPatternParser ignoringCase = new PathPatternParser();
		ignoringCase.setCaseSensitive(false);
		this.included = parse(included, ignoringCase);
		this.excluded = parse(excluded, PathPatternParser.defaultInstance);
	}

	private static List<PathPattern> parse(Collection<String> patterns, PathPatternParser parser) {
		return patterns.stream().map((pattern) -> parser.parse(parser.initFullPathPattern(pattern))).toList();
	}

	/**
	 * Return whether a path is throttled even if no handler of the application serves it.
	 * @param path the path of a request
	 * @return whether either form of it is included
	 */
	public boolean includes(Path path) {
		return !this.included.isEmpty() && (includes(path.asSent()) || includes(path.normalized()));
	}

	/**
	 * Return whether a path is included, perhaps without a slash at its end, which an
	 * application may ignore.
	 */
	private boolean includes(PathContainer path) {
		int last = path.elements().size() - 1;
		return matches(this.included, path) || last > 0 && path.elements().get(last) instanceof PathContainer.Separator
				&& matches(this.included, path.subPath(0, last));
	}

	/**
	 * Return whether a path is one of the included ones and not excluded, if all paths
	 * are included where no pattern says which.
	 * @param path the path of a request
	 * @return whether it is
	 */
	public boolean selects(Path path) {
		return (this.included.isEmpty() || includes(path)) && !excludes(path);
	}

	/**
	 * Return whether a path is never throttled.
	 * @param path the path of a request
	 * @return whether both forms of it are excluded
	 */
	public boolean excludes(Path path) {
		return !this.excluded.isEmpty() && matches(this.excluded, path.asSent())
				&& matches(this.excluded, path.normalized());
	}

	/**
	 * Return whether there are included paths.
	 * @return whether there are any
	 */
	public boolean includesSome() {
		return !this.included.isEmpty();
	}

	/**
	 * Return whether all paths of a handler are excluded, judged by a few typical paths.
	 * @param mapped the patterns of the handler's mapping
	 * @return whether they are; false if there is no pattern
	 */
	public boolean excludesAll(Collection<String> mapped) {
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

	/**
	 * Return a typical path of a handler.
	 * @param mapped the pattern of the handler's mapping
	 * @return the path
	 */
	public static Path typicalPath(String mapped) {
		PathContainer path = PathContainer
			.parsePath(VARIABLE.matcher(REST.matcher(mapped).replaceAll("/~a0")).replaceAll(TYPICAL_SEGMENT));
		return new Path() {

			@Override
			public PathContainer asSent() {
				return path;
			}

			@Override
			public PathContainer normalized() {
				return path;
			}

		};
	}

	private static boolean matches(List<PathPattern> patterns, PathContainer path) {
		return patterns.stream().anyMatch((pattern) -> pattern.matches(path));
	}

	/**
	 * The path of a request in its two forms, within the application.
	 */
	public interface Path {

		/**
		 * Return the path as sent.
		 * @return the path
		 */
		PathContainer asSent();

		/**
		 * Return the path decoded and normalized.
		 * @return the path
		 */
		PathContainer normalized();

		/**
		 * Return a path that is already decoded.
		 * @param path the text of the path, without path parameters
		 * @return the path
		 */
		static PathContainer ofDecoded(String path) {
			return PathContainer.parsePath(path.replace("%", "%25").replace(";", "%3B"));
		}

	}

}
