package dev.throttle.handler;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import dev.throttle.Scope;

/**
 * Checks that nothing but calls that go out is counted under their scopes.
 *
 * @param scopeProperties the names of the configured properties of each scope, its rate
 * first
 * @since 1.0.0
 */
public record OutgoingCheck(Map<Scope, List<String>> scopeProperties) {

	private static final String PREFIX = "throttle.outgoing";

	/**
	 * Check the scopes of something else.
	 * @param user what counts under the scopes, as the subject of a sentence
	 * @param scopes the scopes
	 * @throws InvalidThrottleConfigurationException if one is that of calls that go out
	 */
	public void check(String user, Collection<Scope> scopes) {
		for (Scope scope : scopes) {
			List<String> properties = this.scopeProperties.getOrDefault(scope, List.of());
			if (!properties.isEmpty() && isOutgoing(properties.get(0))) {
				throw new InvalidThrottleConfigurationException(Mistake.OUTGOING_SCOPE,
						user + " counts under the scope '" + scope + "', but '" + properties.get(0)
								+ "' makes it an outgoing limit, which counts calls that go out and nothing else.",
						"Use another scope, or rename the outgoing limit.");
			}
		}
	}

	/**
	 * Return the names of the scopes that something else may count under.
	 */
	List<String> others(Collection<Scope> scopes) {
		return scopes.stream()
			.filter((scope) -> this.scopeProperties.getOrDefault(scope, List.of())
				.stream()
				.noneMatch(OutgoingCheck::isOutgoing))
			.map(Scope::name)
			.toList();
	}

	static boolean isOutgoing(String property) {
		return property.startsWith(PREFIX);
	}

}
