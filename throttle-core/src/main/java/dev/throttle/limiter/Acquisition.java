package dev.throttle.limiter;

import java.time.Duration;
import java.util.Objects;

import dev.throttle.Reservation;
import dev.throttle.ThrottledException;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionReservation;
import dev.throttle.engine.QuotaResult;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a {@link RateLimiter}. If the scope has several rates, its numbers are
 * those of the rate that matters most: of a denial, the one with the longest wait, and
 * otherwise the one with the smallest remaining share.
 *
 * @since 1.0.0
 */
public final class Acquisition {

	private final Decision decision;

	private final @Nullable QuotaResult decisive;

	private final Reservation reservation;

	private final Runnable denial;

	Acquisition(Decision decision, Reservation reservation) {
		this(decision, reservation, () -> {
		});
	}

	Acquisition(Decision decision, Reservation reservation, Runnable denial) {
		this.decision = decision;
		this.decisive = decision.decisiveResult();
		this.reservation = reservation;
		this.denial = denial;
	}

	/**
	 * Return whether the permits were taken.
	 * @return whether they were, or there is no limit
	 */
	public boolean isAllowed() {
		return this.decision.isAllowed();
	}

	/**
	 * Return how many permits are left.
	 * @return the number, {@link Long#MAX_VALUE} if there is no limit
	 */
	public long remaining() {
		return (this.decisive != null) ? this.decisive.outcome().remaining() : Long.MAX_VALUE;
	}

	/**
	 * Return how many permits the rate grants.
	 * @return the number, {@link Long#MAX_VALUE} if there is no limit
	 */
	public long limit() {
		return (this.decisive != null) ? this.decisive.policy().rate().limit() : Long.MAX_VALUE;
	}

	/**
	 * Return the time after which the permits can be taken, if nothing else is taken
	 * meanwhile.
	 * @return the time, zero if they were taken; null if they never can, because the cost
	 * is above the limit
	 */
	public @Nullable Duration retryAfter() {
		return isAllowed() ? Duration.ZERO : this.decision.retryAfter();
	}

	/**
	 * Return the time after which the next permit becomes free.
	 * @return the time, zero if all are free
	 */
	public Duration reset() {
		return (this.decisive != null) ? Duration.ofNanos(this.decisive.outcome().resetNanos()) : Duration.ZERO;
	}

	/**
	 * Return what was taken, to be settled when the true cost is known.
	 * @return the reservation; {@link Reservation#NONE} if nothing was taken
	 */
	public Reservation reservation() {
		return this.reservation;
	}

	/**
	 * Count the permits as if they were taken now. If they are for a call to another
	 * server, do so when its answer has come: the call arrived in between, so that server
	 * receives no more calls in a period than the rate allows. Of this method and
	 * {@link #reservation()}, only the first that is used has an effect. It returns at
	 * once, and does not fail if the backend does not answer.
	 */
	public void countFromNow() {
		if (this.reservation instanceof DecisionReservation taken) {
			taken.countFromNow();
		}
	}

	/**
	 * Stop waiting for permits that {@link RateLimiter#pollAsync(dev.throttle.Client)}
	 * did not give: listeners are told of this denial, each time that this method is
	 * called. Without effect on any other answer.
	 */
	public void giveUp() {
		this.denial.run();
	}

	/**
	 * Return this answer if the permits were taken.
	 * @return this answer
	 * @throws ThrottledException if they were not
	 */
	public Acquisition orElseThrow() {
		if (!isAllowed()) {
			throw this.decision.toException();
		}
		return this;
	}

	@Override
	public String toString() {
		return isAllowed() ? "allowed, " + remaining() + " left"
				: "denied, " + Objects.requireNonNullElse(retryAfter(), "for ever");
	}

}
