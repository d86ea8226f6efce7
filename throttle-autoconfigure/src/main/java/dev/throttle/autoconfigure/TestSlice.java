package dev.throttle.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import dev.throttle.PlanResolver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks a slice of an application in a test. It has only some of the handlers and
 * throttles, and no store outside the process.
 */
final class TestSlice {

	private static final Logger logger = LoggerFactory.getLogger(TestSlice.class);

	/**
	 * Return the throttles that are in the slice.
	 * @param named the names of throttles of the application, null for no choice
	 */
	@Nullable List<String> present(@Nullable List<String> named, Collection<String> present) {
		if (named == null) {
			return null;
		}
		List<String> missing = named.stream().filter((name) -> !present.contains(name)).toList();
		if (!missing.isEmpty()) {
			logger.info(
					"Without the throttles {}, which are not in this slice. To have them, import their classes into the test",
					missing);
		}
		return named.stream().filter(present::contains).toList();
	}

	/**
	 * Return the plan resolvers that are in the slice. Without any, clients have the
	 * plans that the properties give them.
	 */
	Map<String, PlanResolver> resolvers(Map<String, PlanResolver> present, ConfiguredPlans plans) {
		return (present.isEmpty() && !plans.isEmpty()) ? Map.of("none", (request) -> null) : present;
	}

}
