package dev.throttle.http;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * When a refused request may be sent again: after a 429 or 503 with {@code Retry-After},
 * if its method is idempotent or it has an {@code Idempotency-Key}, and if its body can
 * be sent again. The number of retries and the sum of waits are limited for each call,
 * and the share of retries for all calls together. Thread-safe.
 *
 * @since 1.0.0
 */
public final class RetryRules {

	private static final Set<Integer> STATUSES = Set.of(429, 503);

	private static final Set<HttpMethod> IDEMPOTENT = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS,
			HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.TRACE);

	private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

	/** The most that is added to a wait: a tenth of it, and 100 ms if it is short. */
	private static final double MAX_JITTER = 0.1;

	private static final Duration SHORT_WAIT = Duration.ofSeconds(1);

	private final int maxRetries;

	private final Duration maxWait;

	private final RetryBudget budget;

	/** The hosts whose answers are waited for; empty for all. */
	private final HostMap<Boolean> hosts;

	private final RetryListener listener;

	private final Clock clock;

	private final DoubleSupplier random;

	private RetryRules(Builder builder) {
		this.maxRetries = builder.maxRetries;
		this.maxWait = builder.maxWait;
		this.budget = new RetryBudget(builder.budget);
		this.hosts = builder.hosts;
		this.listener = builder.listener;
		this.clock = builder.clock;
		this.random = builder.random;
	}

	/**
	 * Return a builder with three retries, waits of 30 seconds in sum, a budget of 10%
	 * and all hosts.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Begin a call.
	 * @param isBodyRepeatable whether the body, if any, can be sent again
	 * @return the call, or null if the rules do not apply to its host
	 */
	@Nullable Call begin(HttpMethod method, URI uri, HttpHeaders headers, boolean isBodyRepeatable) {
		if (!this.hosts.isEmpty() && this.hosts.get(uri) == null) {
			return null;
		}
		this.budget.requestSent();
		return new Call(isBodyRepeatable && (IDEMPOTENT.contains(method) || headers.getFirst(IDEMPOTENCY_KEY) != null));
	}

	private Duration jittered(Duration wait) {
		Duration base = (wait.compareTo(SHORT_WAIT) < 0) ? SHORT_WAIT : wait;
		return wait.plusNanos((long) (base.toNanos() * MAX_JITTER * this.random.getAsDouble()));
	}

	/**
	 * One request and how often it was sent again. Used by one thread at a time.
	 */
	final class Call {

		private final boolean isRepeatable;

		private int retries;

		private Duration waited = Duration.ZERO;

		private Call(boolean isRepeatable) {
			this.isRepeatable = isRepeatable;
		}

		/**
		 * Decide about an answer.
		 * @return how long to wait before the request is sent again, or null if the
		 * caller gets the answer
		 */
		@Nullable Duration waitAfter(int status, HttpHeaders headers) {
			Duration wait = STATUSES.contains(status) ? RetryAfter.read(headers, RetryRules.this.clock) : null;
			if (wait == null) {
				return null;
			}
			RetryOutcome outcome = outcome(wait);
			RetryRules.this.listener.refused(outcome);
			if (outcome != RetryOutcome.RETRIED) {
				return null;
			}
			this.retries++;
			this.waited = this.waited.plus(wait);
			return jittered(wait);
		}

		private RetryOutcome outcome(Duration wait) {
			if (!this.isRepeatable) {
				return RetryOutcome.NOT_REPEATABLE;
			}
			if (this.retries >= RetryRules.this.maxRetries) {
				return RetryOutcome.TOO_MANY;
			}
			if (this.waited.plus(wait).compareTo(RetryRules.this.maxWait) > 0) {
				return RetryOutcome.TOO_LONG;
			}
			return RetryRules.this.budget.take() ? RetryOutcome.RETRIED : RetryOutcome.NO_BUDGET;
		}

		/**
		 * End the call because its caller gave up while it waited.
		 */
		void abandoned() {
			RetryRules.this.budget.giveBack();
		}

	}

	/**
	 * Builds rules. Methods throw {@link IllegalArgumentException} for values out of
	 * range.
	 */
	public static final class Builder {

		private int maxRetries = 3;

		private Duration maxWait = Duration.ofSeconds(30);

		private double budget = 0.1;

		private HostMap<Boolean> hosts = new HostMap<>();

		private RetryListener listener = (outcome) -> {
		};

		private Clock clock = Clock.systemUTC();

		private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

		private Builder() {
		}

		/**
		 * Set how often a call sends its request again at most.
		 * @param maxRetries the number, at least 1
		 * @return this builder
		 */
		public Builder maxRetries(int maxRetries) {
			check(maxRetries >= 1, "it must be at least 1");
			this.maxRetries = maxRetries;
			return this;
		}

		/**
		 * Set how long a server may let a call wait, in sum. Up to a tenth is added to
		 * each wait at random.
		 * @param maxWait the longest sum, positive
		 * @return this builder
		 */
		public Builder maxWait(Duration maxWait) {
			check(maxWait.compareTo(Duration.ZERO) > 0, "it must be positive");
			this.maxWait = maxWait;
			return this;
		}

		/**
		 * Set how many retries each request adds to the budget of all calls, from which a
		 * retry takes one. At most ten are saved, as many as are there at first.
		 * @param budget the share of a retry, above 0 and at most 1
		 * @return this builder
		 */
		public Builder budget(double budget) {
			check(budget > 0 && budget <= 1, "it must be above 0% and at most 100%");
			this.budget = budget;
			return this;
		}

		/**
		 * Set the hosts whose answers are waited for. {@code *.example.com} stands for
		 * all subdomains of {@code example.com}.
		 * @param hosts the names; empty for all
		 * @return this builder
		 */
		public Builder hosts(Collection<String> hosts) {
			HostMap<Boolean> named = new HostMap<>();
			hosts.forEach((host) -> named.put(host, true));
			this.hosts = named;
			return this;
		}

		/**
		 * Set who is told of refused requests.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder listener(RetryListener listener) {
			this.listener = listener;
			return this;
		}

		Builder clock(Clock clock) {
			this.clock = clock;
			return this;
		}

		Builder random(DoubleSupplier random) {
			this.random = random;
			return this;
		}

		/**
		 * Build the rules.
		 * @return the rules
		 */
		public RetryRules build() {
			return new RetryRules(this);
		}

		private static void check(boolean holds, String message) {
			if (!holds) {
				throw new IllegalArgumentException(message);
			}
		}

	}

}
