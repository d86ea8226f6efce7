package dev.throttle.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

import dev.throttle.ThrottledException;
import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The decision of the throttles about a request.
 *
 * @since 1.0.0
 */
public final class Decision {

	private static final Comparator<QuotaResult> ORDER = Comparator
		.comparingLong((QuotaResult result) -> -result.outcome().waitNanos())
		.thenComparingDouble(QuotaResult::remainingShare)
		.thenComparingLong((result) -> result.outcome().remaining());

	static final Decision NOT_THROTTLED = new Decision(List.of(), List.of(), List.of(), null, null);

	private final List<QuotaResult> results;

	private final List<QuotaResult> shadowResults;

	private final List<Denial> denials;

	private final @Nullable Releases releases;

	private final @Nullable String plan;

	/** The indexes of the settled quotas, all results first and then all shadows. */
	private @Nullable BitSet settled;

	Decision(List<QuotaResult> results, List<QuotaResult> shadowResults, List<Denial> denials,
			@Nullable Releases releases, @Nullable String plan) {
		this.results = List.copyOf(results);
		this.shadowResults = List.copyOf(shadowResults);
		this.denials = List.copyOf(denials);
		this.releases = releases;
		this.plan = plan;
	}

	/**
	 * Return whether the request may pass.
	 * @return whether no throttle denies it
	 */
	public boolean isAllowed() {
		return this.denials.isEmpty();
	}

	/**
	 * Return the results of the quotas.
	 * @return the results in the order of the throttles, empty if no throttle counts
	 */
	public List<QuotaResult> results() {
		return this.results;
	}

	/**
	 * Return the results of the shadow quotas, which do not affect the decision.
	 * @return the results in the order of the throttles, empty if there are none
	 */
	public List<QuotaResult> shadowResults() {
		return this.shadowResults;
	}

	/**
	 * Return the plan of the client.
	 * @return the plan; null if the client has none, or if no rate depends on it
	 */
	public @Nullable String plan() {
		return this.plan;
	}

	/**
	 * Return the throttles that deny the request.
	 * @return the denials, those of quotas last, empty if the request is allowed
	 */
	public List<Denial> denials() {
		return this.denials;
	}

	/**
	 * Return the longest wait of the denying throttles.
	 * @return the time after which the request may be retried; null if it is allowed, if
	 * no denying throttle knows a time, or if one of them never allows it
	 */
	public @Nullable Duration retryAfter() {
		Duration longest = null;
		for (Denial denial : this.denials) {
			if (denial.isForever()) {
				return null;
			}
			Duration wait = denial.retryAfter();
			if (wait != null && (longest == null || wait.compareTo(longest) > 0)) {
				longest = wait;
			}
		}
		return longest;
	}

	/**
	 * Return the quota that matters most to the client. If the request is denied, it is
	 * the denying quota with the longest wait. Otherwise it is the one with the smallest
	 * remaining share, and among equals the one with the fewest permits left.
	 * @return the quota, null if no throttle counts, or if the request is denied but not
	 * by a quota
	 */
	public @Nullable QuotaResult decisiveResult() {
		QuotaResult decisive = null;
		for (QuotaResult result : this.results) {
			if (isAllowed() || !result.outcome().isAllowed()) {
				decisive = (decisive == null || ORDER.compare(result, decisive) < 0) ? result : decisive;
			}
		}
		return decisive;
	}

	/**
	 * Return this decision without some of its results, such as those to hide from the
	 * client.
	 * @param hidden the results to leave out
	 * @return the same decision with the other results
	 */
	public Decision without(Predicate<QuotaResult> hidden) {
		return new Decision(this.results.stream().filter(hidden.negate()).toList(), this.shadowResults, this.denials,
				this.releases, this.plan);
	}

	/**
	 * Return this decision with the results of an earlier one about the same request, to
	 * tell the client about both.
	 * @param earlier the earlier decision, which allowed the request
	 * @return the same decision with the results of both, the earlier ones first
	 */
	public Decision with(Decision earlier) {
		List<QuotaResult> both = new ArrayList<>(earlier.results);
		both.addAll(this.results);
		return new Decision(both, this.shadowResults, this.denials, this.releases, this.plan);
	}

	/**
	 * Return the exception for this denial.
	 * @return the exception
	 */
	public ThrottledException toException() {
		List<String> violated = new ArrayList<>(this.results.size());
		for (QuotaResult result : this.results) {
			String name = result.policy().name();
			if (!result.outcome().isAllowed() && !violated.contains(name)) {
				violated.add(name);
			}
		}
		ThrottledException denied = isForever() ? ThrottledException.costAboveLimit(violated)
				: new ThrottledException(retryAfter(), violated);
		QuotaResult decisive = decisiveResult();
		boolean inBytes = decisive != null && decisive.policy().rate().isInBytes();
		return new DeniedException(inBytes ? denied.inBytes() : denied, this);
	}

	/**
	 * Return the decision that an exception is about.
	 * @param denial the exception
	 * @return the decision; null if {@link #toException()} has not made the exception
	 */
	public static @Nullable Decision of(Exception denial) {
		return (denial instanceof DeniedException denied) ? denied.decision() : null;
	}

	/**
	 * Return a denial by one quota that no throttle has decided, such as an example for
	 * documentation.
	 * @param result the result, which denies
	 * @return the decision
	 */
	public static Decision denied(QuotaResult result) {
		return new Decision(List.of(result), List.of(), List.of(Denial.of(result.step(), result.outcome().waitNanos())),
				null, null);
	}

	private boolean isForever() {
		for (Denial denial : this.denials) {
			if (denial.isForever()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Settle the quotas that were recorded and are not settled yet. They cannot be
	 * settled again, even if no backend makes their settlements.
	 * @param trueCost returns the true cost of a quota; negative to settle it later or
	 * never
	 * @return the settlements for the backends, without quotas that take what they
	 * reserved
	 */
	List<PendingSettlement> settle(ToLongFunction<QuotaResult> trueCost) {
		List<PendingSettlement> settlements = new ArrayList<>();
		settle(this.results, 0, trueCost, settlements);
		settle(this.shadowResults, this.results.size(), trueCost, settlements);
		return settlements;
	}

	private void settle(List<QuotaResult> results, int offset, ToLongFunction<QuotaResult> trueCost,
			List<PendingSettlement> settlements) {
		int next = 0;
		for (int i = 0; i < results.size(); i = next) {
			QuotaResult first = results.get(i);
			next = i + 1;
			while (next < results.size() && results.get(next).isOfSameQuota(first)) {
				next++;
			}
			long cost = first.outcome().isRecorded() ? trueCost.applyAsLong(first) : -1;
			if (cost >= 0 && beginToSettle(offset + i) && cost != first.cost()) {
				settlements.add(PendingSettlement.of(results.subList(i, next), cost));
			}
		}
	}

	/**
	 * Return whether a quota was not settled before.
	 */
	private synchronized boolean beginToSettle(int index) {
		if (this.settled == null) {
			this.settled = new BitSet();
		}
		boolean first = !this.settled.get(index);
		this.settled.set(index);
		return first;
	}

	/**
	 * Run the release tasks of the throttles when the request is over. Only the first
	 * call has an effect. The tasks of a denied request run before it is answered.
	 */
	public void release() {
		if (this.releases != null) {
			this.releases.run();
		}
	}

	/**
	 * A throttle that denies a request.
	 *
	 * @param step the throttle
	 * @param retryAfter the time after which it has room for the request, null if it is
	 * not known
	 * @param isForever whether it never allows the request, because the cost is above the
	 * limit
	 * @since 1.0.0
	 */
	public record Denial(AppliedThrottles.Step step, @Nullable Duration retryAfter, boolean isForever) {

		static Denial of(AppliedThrottles.Step step, long waitNanos) {
			boolean forever = waitNanos == Outcome.NEVER;
			return new Denial(step, forever ? null : Duration.ofNanos(waitNanos), forever);
		}

	}

}
