package dev.throttle.drf;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The rules by which the model answers.
 *
 * @param identity which address an anonymous client has
 * @param key what is counted together
 * @param retention which requests of a history still count
 * @param clock at which time a request is recorded
 * @param waiting how long a denied client is told to wait
 * @param accounting which throttles are recorded together
 */
record Rules(Identity identity, Key key, Retention retention, Clock clock, Wait waiting, Accounting accounting) {

	/**
	 * Return the rules of Django REST framework.
	 * @param cacheTtl whether its cache drops what was not written for a period
	 */
	static Rules ofDrf(boolean cacheTtl) {
		return new Rules(DrfRules::identity, DrfRules::key, new DrfRules.Retention(cacheTtl), DrfRules::recordedAt,
				DrfRules::waitNanos, Accounting.INDEPENDENT);
	}

	Rules withIdentity(Identity identity) {
		return new Rules(identity, this.key, this.retention, this.clock, this.waiting, this.accounting);
	}

	Rules withKey(Key key) {
		return new Rules(this.identity, key, this.retention, this.clock, this.waiting, this.accounting);
	}

	Rules withRetention(Retention retention) {
		return new Rules(this.identity, this.key, retention, this.clock, this.waiting, this.accounting);
	}

	Rules withClock(Clock clock) {
		return new Rules(this.identity, this.key, this.retention, clock, this.waiting, this.accounting);
	}

	Rules withWait(Wait waiting) {
		return new Rules(this.identity, this.key, this.retention, this.clock, waiting, this.accounting);
	}

	Rules withAccounting(Accounting accounting) {
		return new Rules(this.identity, this.key, this.retention, this.clock, this.waiting, accounting);
	}

	/**
	 * Tells the address of a client.
	 */
	interface Identity {

		String address(String remoteAddr, @Nullable String xForwardedFor, @Nullable Integer numProxies);

	}

	/**
	 * Tells under which key a client is counted.
	 */
	interface Key {

		Object of(String scope, String kind, String ident);

	}

	/**
	 * Tells which of the recorded requests count.
	 */
	interface Retention {

		/**
		 * Return the instants that count, in the order in which they came. The list can
		 * be changed, and holds for the history once it is stored.
		 */
		List<Long> live(ModelHistory history, ModelRate rate, long now);

		void store(ModelHistory history, List<Long> live, ModelRate rate, long now);

	}

	/**
	 * Tells at which instant a request is recorded.
	 */
	interface Clock {

		long recordedAt(long now, List<Long> live);

	}

	/**
	 * Tells a denied client how long to wait.
	 */
	interface Wait {

		/**
		 * Return the wait of a request that takes some permits.
		 */
		@Nullable Long nanos(List<Long> live, ModelRate rate, int permits, long now);

	}

	/**
	 * Which throttles are recorded together.
	 */
	enum Accounting {

		INDEPENDENT, ALL_OR_NOTHING

	}

}
