package dev.throttle.test.store;

import java.util.List;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.test.AsyncCacheBackend;

/**
 * How tests ask a backend: the same tests run with each.
 */
public enum Driver {

	/** The caller waits. */
	SYNC {

		@Override
		public CacheBackend of(CacheBackend backend) {
			return backend;
		}

	},

	/** The answer is a stage. */
	ASYNC {

		@Override
		public CacheBackend of(CacheBackend backend) {
			return new AsyncCacheBackend(backend);
		}

	};

	/**
	 * Return a backend that asks another in this way.
	 */
	public abstract CacheBackend of(CacheBackend backend);

	public List<Outcome> decide(CacheBackend backend, List<QuotaGroup> groups) {
		return of(backend).decide(groups);
	}

	public List<Outcome> peek(CacheBackend backend, QuotaGroup group) {
		return of(backend).peek(group);
	}

	public Outcome decide(CacheBackend backend, Quota quota) {
		return decide(backend, List.of(new QuotaGroup(List.of(quota)))).get(0);
	}

}
