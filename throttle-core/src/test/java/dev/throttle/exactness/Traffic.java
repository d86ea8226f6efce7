package dev.throttle.exactness;

import java.util.List;

import dev.throttle.Rate;
import org.jspecify.annotations.Nullable;

/**
 * Throttles and the requests that they get.
 *
 * @param clockStart what the clock shows at first
 * @param rates the rates of each scope at first
 * @param throttles the throttles
 * @param arrivals the requests
 */
record Traffic(long clockStart, List<List<Rate>> rates, List<Limiter> throttles, List<Arrival> arrivals) {

	/**
	 * A throttle.
	 *
	 * @param scope the place of its scope
	 * @param ownClients whether it does not share its clients with other throttles
	 */
	record Limiter(int scope, boolean ownClients) {
	}

	/**
	 * Requests at one instant.
	 *
	 * @param gap the time since those before
	 * @param client who asks
	 * @param costs the cost for each throttle
	 * @param times how many requests there are
	 * @param change which rates change before, null for none
	 * @param swept whether what is void is dropped before
	 */
	record Arrival(Gap gap, int client, List<Long> costs, int times, @Nullable Change change, boolean swept) {
	}

	/**
	 * A time between requests.
	 *
	 * @param nanos the time in nanoseconds
	 * @param fromNextVoid whether it counts from the instant at which the next entry is
	 * void
	 */
	record Gap(long nanos, boolean fromNextVoid) {
	}

	/**
	 * A change of rates.
	 *
	 * @param scope the place of the scope that changes
	 * @param other the place of the scope whose first rates it gets
	 */
	record Change(int scope, int other) {
	}

}
