package dev.throttle;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a throttle denies a request, and handled like an exception thrown by a
 * handler. A handler may throw one, too.
 *
 * @since 1.0.0
 */
public class ThrottledException extends RuntimeException {

	private static final long MAX_SECONDS = Integer.MAX_VALUE;

	private final @Nullable Duration wait;

	private final List<String> violatedPolicies;

	private final boolean costAboveLimit;

	private final boolean inBytes;

	/**
	 * Create an exception for a request that may be retried after an unknown time.
	 */
	public ThrottledException() {
		this(null, List.of());
	}

	/**
	 * Create an exception for a request that may be retried after some time.
	 * @param wait the time
	 */
	public ThrottledException(Duration wait) {
		this(wait, List.of());
	}

	/**
	 * Create an exception for a request that some policies deny.
	 * @param wait the time after which the request may be retried, null if it is not
	 * known
	 * @param violatedPolicies the names of the policies that deny the request
	 */
	public ThrottledException(@Nullable Duration wait, List<String> violatedPolicies) {
		this(wait, violatedPolicies, false, false);
	}

	private ThrottledException(@Nullable Duration wait, List<String> violatedPolicies, boolean costAboveLimit,
			boolean inBytes) {
		super(sentence(toSeconds(wait), costAboveLimit, inBytes), null, false, false);
		this.wait = wait;
		this.violatedPolicies = List.copyOf(violatedPolicies);
		this.costAboveLimit = costAboveLimit;
		this.inBytes = inBytes;
	}

	/**
	 * Create an exception that says the same as another.
	 * @param other the other exception
	 */
	protected ThrottledException(ThrottledException other) {
		this(other.wait, other.violatedPolicies, other.costAboveLimit, other.inBytes);
	}

	/**
	 * Return an exception for a request that is never allowed, because it costs more than
	 * the limit, which may be 0.
	 * @param violatedPolicies the names of the policies that deny the request
	 * @return the exception
	 */
	public static ThrottledException costAboveLimit(List<String> violatedPolicies) {
		return new ThrottledException(null, violatedPolicies, true, false);
	}

	/**
	 * Return this exception for a limit of bytes, which its message mentions.
	 * @return a new exception
	 */
	public ThrottledException inBytes() {
		return new ThrottledException(this.wait, this.violatedPolicies, this.costAboveLimit, true);
	}

	/**
	 * Return the time after which the request may be retried.
	 * @return the time, null if it is not known
	 */
	public @Nullable Duration getRetryAfter() {
		return this.wait;
	}

	/**
	 * Return the wait for the Retry-After header.
	 * @return whole seconds, rounded up, at least 1 and at most 2147483647; empty if the
	 * wait is not known
	 */
	public OptionalLong getRetryAfterSeconds() {
		return toSeconds(this.wait);
	}

	/**
	 * Return the names of the policies that deny the request.
	 * @return the names, empty if no policy denies it
	 */
	public List<String> getViolatedPolicies() {
		return this.violatedPolicies;
	}

	/**
	 * Return whether the request is never allowed, because it costs more than the limit,
	 * which may be 0.
	 * @return whether waiting does not help
	 */
	public boolean isCostAboveLimit() {
		return this.costAboveLimit;
	}

	/**
	 * Return whether the limit is one of bytes.
	 * @return whether it is in bytes
	 */
	public boolean isInBytes() {
		return this.inBytes;
	}

	private static OptionalLong toSeconds(@Nullable Duration wait) {
		if (wait == null) {
			return OptionalLong.empty();
		}
		return OptionalLong.of(Math.max(1, Math.min(MAX_SECONDS, WholeSeconds.roundUp(wait))));
	}

	private static String sentence(OptionalLong seconds, boolean costAboveLimit, boolean inBytes) {
		if (costAboveLimit) {
			return "Request was throttled. "
					+ (inBytes ? "It takes more bytes than the limit ever allows" : "The limit never allows it")
					+ ", so waiting does not help.";
		}
		String throttled = inBytes ? "Request was throttled by a limit of bytes." : "Request was throttled.";
		return seconds.isEmpty() ? throttled : throttled + " Expected available in " + seconds.getAsLong()
				+ ((seconds.getAsLong() == 1) ? " second." : " seconds.");
	}

}
