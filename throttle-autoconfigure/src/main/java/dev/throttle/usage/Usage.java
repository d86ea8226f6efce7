package dev.throttle.usage;

import java.time.InstantSource;
import java.util.List;

import dev.throttle.WholeSeconds;
import dev.throttle.backend.Outcome;
import dev.throttle.engine.Decision;
import dev.throttle.engine.QuotaResult;
import org.jspecify.annotations.Nullable;

/**
 * What a client has used of its quotas.
 *
 * @param plan the client's plan; null if it has none, or if no rate depends on it
 * @param quotas one for each rate
 * @since 1.0.0
 */
public record Usage(@Nullable String plan, List<QuotaUsage> quotas) {

	static Usage of(Decision shown, InstantSource clock) {
		return new Usage(shown.plan(), shown.results().stream().map((result) -> QuotaUsage.of(result, clock)).toList());
	}

	/**
	 * What a client has used of one quota.
	 *
	 * @param scope the scope
	 * @param policy the name of the rate, as in the problem of a denial: the scope's, or
	 * with its window if the scope has several rates
	 * @param window the window as in the rate, such as {@code min}, {@code 15min} or
	 * {@code calendar-month}
	 * @param unit what is counted: {@code requests} or {@code bytes}
	 * @param limit how much the client may use in a window
	 * @param remaining how much it may use now
	 * @param used how much it has used
	 * @param reset when the next permit is free, in seconds since the epoch; null if all
	 * are free
	 */
	public record QuotaUsage(String scope, String policy, String window, String unit, long limit, long remaining,
			long used, @Nullable Long reset) {

		private static QuotaUsage of(QuotaResult result, InstantSource clock) {
			Outcome outcome = result.outcome();
			long limit = result.policy().rate().limit();
			return new QuotaUsage(result.policy().scope().name(), result.policy().name(),
					result.policy().rate().periodText(), result.policy().rate().isInBytes() ? "bytes" : "requests",
					limit, outcome.remaining(), Math.max(0, limit - outcome.remaining()),
					(outcome.resetNanos() > 0) ? WholeSeconds.roundUp(outcome.resetAt(clock)) : null);
		}

	}

}
