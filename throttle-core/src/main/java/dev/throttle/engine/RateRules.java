package dev.throttle.engine;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import org.jspecify.annotations.Nullable;

/**
 * What the rates of a scope count, and in which time zone.
 *
 * @param reservedBytes how many bytes a request reserves if its size is not known, by the
 * scopes that count bytes
 * @param zone the time zone of the calendar
 * @param zones the time zones of scopes that have another one
 * @since 1.0.0
 */
public record RateRules(Map<Scope, Long> reservedBytes, ZoneId zone, Map<Scope, ZoneId> zones) {

	/**
	 * The rules without settings: all scopes count requests, in UTC.
	 */
	public static final RateRules DEFAULT = new RateRules(Map.of(), ZoneOffset.UTC, Map.of());

	/**
	 * Create rules.
	 * @param reservedBytes how many bytes a request reserves if its size is not known, by
	 * the scopes that count bytes. Their rates are in bytes, even if they are written
	 * without a unit
	 * @param zone the time zone of the calendar
	 * @param zones the time zones of scopes that have another one
	 */
	public RateRules {
		reservedBytes = Map.copyOf(reservedBytes);
		zones = Map.copyOf(zones);
	}

	/**
	 * Return rules by which some scopes count bytes.
	 * @param reservedBytes how many bytes a request reserves if its size is not known, by
	 * scope
	 * @return the rules, with the calendar in UTC
	 */
	public static RateRules countingBytes(Map<Scope, Long> reservedBytes) {
		return new RateRules(reservedBytes, ZoneOffset.UTC, Map.of());
	}

	/**
	 * Return the policies of a scope.
	 * @param plan the plan that has these rates, null for the usual ones
	 * @throws IllegalArgumentException if two of the rates have the same window, or one
	 * does not suit what the scope counts
	 */
	List<Policy> policies(Scope scope, List<Rate> rates, @Nullable String plan) {
		return Policy.ofScope(scope, inUnitOf(scope, rates), this.zones.getOrDefault(scope, this.zone), plan);
	}

	/**
	 * Return rates of a scope in bytes if it counts those.
	 * @throws IllegalArgumentException if a rate is in bytes but the scope counts
	 * requests, or if a limit is below what a request reserves
	 */
	List<Rate> inUnitOf(Scope scope, List<Rate> rates) {
		Long reserved = this.reservedBytes.get(scope);
		List<Rate> inUnit = new ArrayList<>(rates.size());
		for (Rate rate : rates) {
			if (reserved == null && rate.isInBytes()) {
				throw new IllegalArgumentException("The rate '" + rate + "' is in bytes, but the scope '" + scope
						+ "' counts requests; write a number without a unit, or set 'throttle.scopes." + scope
						+ ".cost' to 'request-bytes' or 'response-bytes'");
			}
			if (reserved != null && rate.limit() > 0 && rate.limit() < reserved) {
				throw new IllegalArgumentException(
						"The rate '" + rate.inBytes() + "' never allows a request whose size is not known: it reserves "
								+ reserved + " bytes; write a higher rate, or set 'throttle.scopes." + scope
								+ ".reserve' to '" + rate.limit() + "B' or less");
			}
			inUnit.add((reserved != null) ? rate.inBytes() : rate);
		}
		return List.copyOf(inUnit);
	}

}
