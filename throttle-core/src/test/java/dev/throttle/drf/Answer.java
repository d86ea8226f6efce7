package dev.throttle.drf;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request.
 *
 * @param status the HTTP status
 * @param denied the places of the throttles that deny
 * @param waits the wait in nanoseconds by throttle, null where it does not deny or does
 * not know
 * @param retryAfter the header in seconds, null where it is absent
 * @param detail the sentence of a denial
 */
record Answer(int status, List<Integer> denied, List<@Nullable Long> waits, @Nullable Long retryAfter,
		@Nullable String detail) {

	private static final long NANOS_PER_SECOND = 1_000_000_000;

	/**
	 * Return the answer that follows from the waits of the denying throttles.
	 * @param throttles the number of throttles
	 * @param denials the wait by the place of the denying throttle, null where it is not
	 * known, {@link Outcome#NEVER} where there is no time to come back
	 */
	static Answer of(int throttles, SortedMap<Integer, @Nullable Long> denials) {
		List<@Nullable Long> waits = new ArrayList<>();
		for (int i = 0; i < throttles; i++) {
			waits.add(denials.get(i));
		}
		if (denials.isEmpty()) {
			return new Answer(200, List.of(), waits, null, null);
		}
		Long longest = waits.stream().filter(Objects::nonNull).max(Long::compare).orElse(null);
		boolean never = longest != null && longest == Outcome.NEVER;
		Long seconds = (longest == null || never) ? null : -Math.floorDiv(-longest, NANOS_PER_SECOND);
		return new Answer(429, List.copyOf(denials.keySet()), waits, seconds, sentence(seconds, never));
	}

	private static String sentence(@Nullable Long seconds, boolean never) {
		if (seconds == null) {
			return "Request was throttled." + (never ? " The limit never allows it, so waiting does not help." : "");
		}
		String unit = (seconds == 1) ? "second" : "seconds";
		return "Request was throttled. Expected available in %d %s.".formatted(seconds, unit);
	}

	static long nanos(BigDecimal seconds) {
		return seconds.movePointRight(9).longValueExact();
	}

}
