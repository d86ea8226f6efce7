package dev.throttle.backend.jdbc;

import java.util.List;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.test.AsyncCacheBackend;

/**
 * How tests ask a backend: the same tests run with each.
 */
enum Driver {

	/** The caller waits. */
	SYNC {

		@Override
		CacheBackend of(CacheBackend backend) {
			return backend;
		}

	},

	/** The answer is a stage. */
	ASYNC {

		@Override
		CacheBackend of(CacheBackend backend) {
			return new AsyncCacheBackend(backend);
		}

	};

	/**
	 * Return a backend that asks another in this way.
	 */
	abstract CacheBackend of(CacheBackend backend);

	List<Outcome> decide(CacheBackend backend, List<QuotaGroup> groups) {
		return of(backend).decide(groups);
	}

	List<Outcome> peek(CacheBackend backend, QuotaGroup group) {
		return of(backend).peek(group);
	}

	Outcome decide(CacheBackend backend, Quota quota) {
		return decide(backend, List.of(new QuotaGroup(List.of(quota)))).get(0);
	}

}
