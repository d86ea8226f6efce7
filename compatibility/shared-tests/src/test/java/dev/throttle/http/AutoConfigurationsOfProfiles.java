package dev.throttle.http;

import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Leaves out what most applications of these tests do without, unless the profile of that
 * name is active, or for the actuator, unless an application says which endpoints it
 * exposes. So an application starts in half the time. It comes before the filters that
 * ask for classes.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class AutoConfigurationsOfProfiles implements AutoConfigurationImportFilter, EnvironmentAware {

	private static final String ACTUATOR = ".*[.](actuate|health|metrics|tracing)[.].*|.*[oO]bservation.*";

	private static final Map<String, String> NAMES = Map.of("data-rest",
			".*[.]boot[.](autoconfigure[.])?(data[.](?!redis)|hateoas[.]).*", "gateway",
			".*[.](cloud[.]gateway|validation)[.].*", "graphql", ".*[.]graphql[.].*", "jdbc",
			".*[.](dao|jdbc|persistence|sql|transaction)[.].*", "redis", ".*[.]data[.]redis[.].*", "refresh",
			".*[.]cloud[.]autoconfigure[.].*", "security", ".*[.]security[.].*", "springdoc", ".*[.]springdoc[.].*",
			"thymeleaf", ".*[.]thymeleaf[.].*");

	private Predicate<String> leftOut = (name) -> false;

	@Override
	public void setEnvironment(Environment environment) {
		Stream<String> others = NAMES.entrySet()
			.stream()
			.filter((names) -> !environment.matchesProfiles(names.getKey()))
			.map(Entry::getValue);
		boolean exposes = environment.containsProperty("management.endpoints.web.exposure.include");
		String names = Stream.concat(others, exposes ? Stream.empty() : Stream.of(ACTUATOR))
			.collect(Collectors.joining("|"));
		this.leftOut = Pattern.compile(names).asMatchPredicate();
	}

	@Override
	public boolean[] match(@Nullable String[] names, AutoConfigurationMetadata metadata) {
		boolean[] kept = new boolean[names.length];
		for (int i = 0; i < names.length; i++) {
			String name = names[i];
			kept[i] = name != null && (name.startsWith("dev.throttle.") || !this.leftOut.test(name));
		}
		return kept;
	}

}
