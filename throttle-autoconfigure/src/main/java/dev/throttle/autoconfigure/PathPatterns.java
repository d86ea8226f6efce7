package dev.throttle.autoconfigure;

import java.util.List;
import java.util.regex.Pattern;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.web.PathSelection;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ObjectUtils;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Reads the path patterns in the properties.
 */
final class PathPatterns {

	private static final Pattern USAGE = Pattern.compile("(/[^/\\s?*{}#;%\\\\]+)+");

	private PathPatterns() {
	}

	/**
	 * Return the paths that are throttled without a handler, and those that never are.
	 */
	static PathSelection ofHandlers(ThrottleProperties properties) {
		return selection("throttle.", properties.getIncludePaths(), properties.getExcludePaths());
	}

	/**
	 * Return the paths that are throttled before authentication.
	 * @throws InvalidThrottleConfigurationException if there are patterns, but no
	 * throttle is asked there
	 */
	static PathSelection ofFilter(ThrottleProperties properties, ThrottleRegistry throttles) {
		FilterProperties filter = properties.getFilter();
		boolean isEmpty = filter.getIncludePaths().isEmpty() && filter.getExcludePaths().isEmpty();
		if (!isEmpty && !throttles.isOff() && throttles.filter().steps().isEmpty()
				&& ObjectUtils.isEmpty(filter.getThrottles())) {
			String property = filter.getIncludePaths().isEmpty() ? "exclude-paths" : "include-paths";
			throw new InvalidThrottleConfigurationException(Mistake.PROPERTY_WITHOUT_EFFECT,
					"The property 'throttle.filter." + property
							+ "' is set, but no throttle is in the filter before authentication.",
					"Set 'throttle.rates.address', name a throttle in 'throttle.filter.throttles', or remove the property.");
		}
		return selection("throttle.filter.", filter.getIncludePaths(), filter.getExcludePaths());
	}

	/**
	 * Return the path of the usage.
	 * @return the path, null for none
	 * @throws InvalidThrottleConfigurationException if it is not a path
	 */
	static @Nullable String ofUsage(ThrottleProperties properties) {
		String path = properties.getUsage().getPath();
		if (path != null && !USAGE.matcher(path).matches()) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_PATH,
					"The property 'throttle.usage.path' is '" + path
							+ "', which is not a path without patterns that begins with a slash.",
					"Write a path such as '/rate-limit', or remove the property.");
		}
		return path;
	}

	private static PathSelection selection(String prefix, List<String> included, List<String> excluded) {
		check(prefix + "include-paths", included);
		check(prefix + "exclude-paths", excluded);
		return new PathSelection(included, excluded);
	}

	private static void check(String property, List<String> patterns) {
		for (String pattern : patterns) {
			try {
				PathPatternParser.defaultInstance.parse(pattern);
			}
			catch (PatternParseException ex) {
				throw new InvalidThrottleConfigurationException(Mistake.INVALID_PATH,
						"The property '" + property + "' contains '" + pattern
								+ "', which is not a path pattern. At column " + (ex.getPosition() + 1) + ": "
								+ ex.getMessage() + ".",
						"Use a path pattern such as '/api/**'.");
			}
		}
	}

}
