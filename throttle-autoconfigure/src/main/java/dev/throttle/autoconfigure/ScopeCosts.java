package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.web.ByteScopes;
import dev.throttle.web.CostUnit;
import dev.throttle.web.CountedStatuses;

import org.springframework.util.unit.DataSize;

/**
 * What the requests of each scope take, as configured under {@code throttle.scopes}.
 */
final class ScopeCosts {

	private static final DataSize DEFAULT_RESERVE = DataSize.ofKilobytes(64);

	private final Map<String, ScopeProperties> scopes;

	/**
	 * Read what is configured.
	 * @param scopes the properties by the name of the scope
	 */
	ScopeCosts(Map<String, ScopeProperties> scopes) {
		this.scopes = scopes;
	}

	/**
	 * Return which answers count under each scope that does not count all.
	 * @throws InvalidThrottleConfigurationException if a scope or a status is not valid
	 */
	Map<Scope, CountedStatuses> countedStatuses() {
		Map<Scope, CountedStatuses> counted = new LinkedHashMap<>();
		this.scopes.forEach((name, properties) -> {
			if (properties.getCountStatus() != null) {
				String property = PropertyNames.ofScope(name, "count-status");
				counted.put(ConfiguredScopes.scope(name, property),
						countedStatuses(property, properties.getCountStatus()));
			}
		});
		return counted;
	}

	private static CountedStatuses countedStatuses(String property, List<String> statuses) {
		if (statuses.isEmpty()) {
			throw invalidStatuses(property, "is empty, so no request would count");
		}
		try {
			return CountedStatuses.of(statuses);
		}
		catch (IllegalArgumentException ex) {
			throw invalidStatuses(property, "contains " + ex.getMessage());
		}
	}

	private static InvalidThrottleConfigurationException invalidStatuses(String property, String mistake) {
		return new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE,
				"The property '" + property + "' " + mistake + ".",
				"Write codes from 100 to 599 and classes from 1xx to 5xx, such as '401, 403' or '4xx', or remove the property to count every request.");
	}

	/**
	 * Return the scopes that count bytes.
	 * @throws InvalidThrottleConfigurationException if a reserve is not positive, or its
	 * scope counts requests
	 */
	ByteScopes byteScopes() {
		Map<Scope, ByteScopes.Counted> byScope = new LinkedHashMap<>();
		this.scopes.forEach((name, properties) -> {
			CostUnit unit = (properties.getCost() != null) ? properties.getCost() : CostUnit.REQUESTS;
			DataSize reserve = properties.getReserve();
			if (reserve != null) {
				checkReserve(name, reserve, unit);
			}
			if (unit != CostUnit.REQUESTS) {
				byScope.put(ConfiguredScopes.scope(name, PropertyNames.ofScope(name, "cost")),
						new ByteScopes.Counted(unit, ((reserve != null) ? reserve : DEFAULT_RESERVE).toBytes()));
			}
		});
		return new ByteScopes(byScope);
	}

	private static void checkReserve(String scope, DataSize reserve, CostUnit unit) {
		String property = PropertyNames.ofScope(scope, "reserve");
		if (reserve.toBytes() < 1) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE,
					"The property '" + property + "' is '" + reserve + "'.", "Write a positive size, such as '64KB'.");
		}
		if (unit == CostUnit.REQUESTS) {
			throw new InvalidThrottleConfigurationException(Mistake.PROPERTY_WITHOUT_EFFECT,
					"The property '" + property + "' is set, but the scope '" + scope
							+ "' counts requests, which reserve no bytes.",
					"Set '" + PropertyNames.ofScope(scope, "cost")
							+ "' to 'request-bytes' or 'response-bytes', or remove the property.");
		}
	}

}
