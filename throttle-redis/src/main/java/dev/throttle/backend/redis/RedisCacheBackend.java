package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.RateOverrides;
import org.jspecify.annotations.Nullable;

/**
 * Keeps histories in Redis, counted to the microsecond by the server's clock. All quotas
 * of a request are one round trip; a request that is known to be denied is none. While
 * Redis does not answer in time, requests are answered as configured.
 * <p>
 * On one server a request is sent at once, unless four calls are in flight: requests that
 * come meanwhile share the next, which is sent half a millisecond after the last at the
 * latest, and in which each is decided as if it had been sent alone, one after the other
 * at one instant.
 * <p>
 * When the server's clock is set back, or a replica whose clock is behind takes over,
 * nothing is forgotten, and a denial lasts one period at most from then on. When it is
 * set forward, requests that are a period old by the new time are forgotten, so that a
 * client may be given up to its limit once more.
 * <p>
 * On a cluster the histories of one client are in one slot. Where the quotas of a request
 * belong to several clients, all are looked at before the first is recorded, in two round
 * trips. What another request takes between the two is not given back: such a request may
 * be denied and still be recorded for those of its clients that had room. No client is
 * given more than its limit by that.
 *
 * @since 1.0.0
 */
public final class RedisCacheBackend implements CacheBackend, AutoCloseable {

	/**
	 * The time within which a decision is given, where no other is.
	 */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(100);

	/**
	 * The time for which a denial is remembered at most, where no other is given.
	 */
	public static final Duration DEFAULT_KNOWN_DENIALS = Duration.ofSeconds(1);

	/**
	 * What keys begin with, where nothing else is given.
	 */
	public static final String DEFAULT_PREFIX = "throttle";

	private static final Duration MAX_DURATION = Duration.ofDays(1);

	private final RedisScript script;

	private final RedisKeys keys;

	private final RedisListeners listeners;

	private final KnownDenials knownDenials;

	private final FailureAnswers failureAnswers;

	private final ByClient byClient;

	private final CacheBackend local;

	private final boolean cluster;

	private final RedisRateOverrides rateOverrides;

	private final WarmUp warmUp;

	private final MemoryWatch memoryWatch;

	private final String description;

	private RedisCacheBackend(Builder builder) {
		this.cluster = builder.connector.isCluster();
		this.description = (builder.description != null) ? builder.description
				: (this.cluster ? "Redis (cluster)" : "Redis");
		this.keys = new RedisKeys(builder.prefix, builder.idents);
		this.knownDenials = new KnownDenials(builder.knownDenials);
		this.failureAnswers = new FailureAnswers(builder.local, builder.onFailure);
		DecideScript decide = new DecideScript();
		RedisLink link = new RedisLink(builder.connector,
				(connection) -> new Session(connection, !this.cluster, decide, builder.time));
		this.script = new RedisScript(link, this.description, builder.timeout);
		this.listeners = new RedisListeners(this.script::isAway);
		this.rateOverrides = new RedisRateOverrides(this.script, link, builder.prefix, builder.time, this::probe);
		this.byClient = new ByClient(this.script, this.keys);
		this.memoryWatch = new MemoryWatch(link, this.keys, this.description);
		this.warmUp = new WarmUp(this.script, this.keys, builder.timeout);
		this.local = builder.local;
	}

	/**
	 * Return a builder.
	 * @param connector opens the connection, and is closed with the backend
	 * @param local counts while Redis does not, and is closed with the backend
	 * @return the builder
	 */
	public static Builder builder(RedisConnector connector, CacheBackend local) {
		return new Builder(connector, local);
	}

	@Override
	public List<Outcome> decide(List<QuotaGroup> groups) {
		List<Outcome> known = this.knownDenials.find(groups, System.nanoTime());
		if (known != null) {
			this.listeners.knownDenial();
			return known;
		}
		long generation = this.knownDenials.generation();
		List<Outcome> outcomes = ask(
				() -> (this.cluster && !ByClient.isOne(groups)) ? this.byClient.decide(groups) : run(groups, true));
		if (outcomes == null) {
			// what others were told meanwhile is known better than anything that is
			// counted here
			known = this.knownDenials.find(groups, System.nanoTime());
			return (known != null) ? known : this.failureAnswers.decide(groups);
		}
		this.knownDenials.note(groups, outcomes, generation, System.nanoTime());
		return outcomes;
	}

	@Override
	public List<Outcome> peek(QuotaGroup group) {
		List<Outcome> outcomes = ask(() -> (this.cluster && !ByClient.isOne(List.of(group))) ? this.byClient.peek(group)
				: run(List.of(group), false));
		return (outcomes != null) ? outcomes : this.failureAnswers.peek(group);
	}

	private List<Outcome> run(List<QuotaGroup> groups, boolean record) {
		return this.script.run(ScriptRequest.of(groups, record, this.keys));
	}

	/**
	 * Return what Redis answers, or null while it does not.
	 */
	private @Nullable List<Outcome> ask(Supplier<List<Outcome>> question) {
		long start = System.nanoTime();
		try {
			List<Outcome> answer = question.get();
			this.listeners.asked(true, System.nanoTime() - start);
			return answer;
		}
		catch (RedisFailure ex) {
			if (ex.wasAsked()) {
				this.listeners.asked(false, System.nanoTime() - start);
			}
			return null;
		}
	}

	/**
	 * Ask servers that are away whether they are back, so that this is known where no
	 * request asks, and the others how much room they have.
	 */
	private void probe() {
		this.script.probe(this.keys, this.listeners::breakerChecked);
		this.memoryWatch.look();
	}

	/**
	 * Return the backend that counts while Redis does not.
	 * @return the local backend
	 */
	public CacheBackend local() {
		return this.local;
	}

	/**
	 * Have a listener told what this backend does from now on.
	 * @param listener the listener
	 */
	public void addListener(RedisBackendListener listener) {
		this.listeners.add(listener);
	}

	@Override
	public void reset(Client client, Policy policy) {
		this.local.reset(client, policy);
		List<Outcome> answer = ask(() -> {
			this.script.delete(this.keys.key(client, policy));
			return List.of();
		});
		this.knownDenials.forgetAll();
		if (answer == null) {
			throw new BackendUnavailableException(Breaker.PROBE_INTERVAL);
		}
	}

	@Override
	public void warmUp(Duration atMost) {
		this.warmUp.run(atMost);
	}

	@Override
	public boolean shared() {
		return true;
	}

	@Override
	public boolean available() {
		return !this.script.isAway() && !this.rateOverrides.isUnreachable();
	}

	@Override
	public RateOverrides rateOverrides() {
		return this.rateOverrides;
	}

	@Override
	public String toString() {
		return this.description;
	}

	@Override
	public void close() {
		this.rateOverrides.close();
		this.script.close();
		if (this.local instanceof AutoCloseable closeable) {
			try {
				closeable.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException("The local backend could not be closed", ex);
			}
		}
	}

	/**
	 * Builds a {@link RedisCacheBackend}.
	 */
	public static final class Builder {

		private final RedisConnector connector;

		private final CacheBackend local;

		private String prefix = DEFAULT_PREFIX;

		private @Nullable Function<Client, String> idents;

		private Duration timeout = DEFAULT_TIMEOUT;

		private Duration knownDenials = DEFAULT_KNOWN_DENIALS;

		private Function<Policy, OnFailure> onFailure = (policy) -> OnFailure.LOCAL;

		private @Nullable String description;

		private @Nullable LongSupplier time;

		private Builder(RedisConnector connector, CacheBackend local) {
			this.connector = Objects.requireNonNull(connector, "'connector' must not be null");
			this.local = Objects.requireNonNull(local, "'local' must not be null");
		}

		/**
		 * Set what keys begin with.
		 * @param prefix the prefix, without braces
		 * @return this builder
		 * @throws IllegalArgumentException if the prefix has a brace
		 */
		public Builder prefix(String prefix) {
			if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
				throw new IllegalArgumentException("'prefix' must not have braces but is '" + prefix + "'");
			}
			this.prefix = prefix;
			return this;
		}

		/**
		 * Set what stands in keys in place of a client's ident, such as a hash of it.
		 * @param idents gives the same text for equal clients, and different ones for
		 * clients of one kind that differ; by default, the ident itself
		 * @return this builder
		 */
		public Builder idents(Function<Client, String> idents) {
			this.idents = Objects.requireNonNull(idents, "'idents' must not be null");
			return this;
		}

		/**
		 * Set within which time a decision is given.
		 * @param timeout the time, positive and at most one day
		 * @return this builder
		 * @throws IllegalArgumentException if the time is out of its range
		 */
		public Builder timeout(Duration timeout) {
			if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_DURATION) > 0) {
				throw new IllegalArgumentException("'timeout' must be positive and at most one day but is " + timeout);
			}
			this.timeout = timeout;
			return this;
		}

		/**
		 * Set for how long a denial is remembered at most.
		 * @param knownDenials the time, at most one day, zero for not at all
		 * @return this builder
		 * @throws IllegalArgumentException if the time is out of its range
		 */
		public Builder knownDenials(Duration knownDenials) {
			if (knownDenials.isNegative() || knownDenials.compareTo(MAX_DURATION) > 0) {
				throw new IllegalArgumentException(
						"'knownDenials' must be from zero to one day but is " + knownDenials);
			}
			this.knownDenials = knownDenials;
			return this;
		}

		/**
		 * Set what is answered while Redis does not decide.
		 * @param onFailure the answer by policy
		 * @return this builder
		 */
		public Builder onFailure(Function<Policy, OnFailure> onFailure) {
			this.onFailure = Objects.requireNonNull(onFailure, "'onFailure' must not be null");
			return this;
		}

		/**
		 * Set how the backend is called in messages.
		 * @param description the description, without secrets
		 * @return this builder
		 */
		public Builder description(String description) {
			this.description = Objects.requireNonNull(description, "'description' must not be null");
			return this;
		}

		/**
		 * Set the time that counts in place of the server's.
		 * @param time gives microseconds since the epoch
		 * @return this builder
		 */
		Builder time(LongSupplier time) {
			this.time = time;
			return this;
		}

		/**
		 * Return the backend, which opens its connection without waiting for it.
		 * @return the backend
		 */
		public RedisCacheBackend build() {
			return new RedisCacheBackend(this);
		}

	}

}
