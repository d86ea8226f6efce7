package dev.throttle.backend.redis;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;

/**
 * How tests ask a backend: the same tests run with each.
 */
enum Driver {

	/** The caller waits. */
	SYNC {

		@Override
		List<Outcome> decide(CacheBackend backend, List<QuotaGroup> groups) {
			return backend.decide(groups);
		}

		@Override
		List<Outcome> peek(CacheBackend backend, QuotaGroup group) {
			return backend.peek(group);
		}

	},

	/** The answer is a stage. */
	ASYNC {

		@Override
		List<Outcome> decide(CacheBackend backend, List<QuotaGroup> groups) {
			return join(backend.decideAsync(groups, WORKERS));
		}

		@Override
		List<Outcome> peek(CacheBackend backend, QuotaGroup group) {
			return join(backend.peekAsync(group, WORKERS));
		}

	};

	private static final Executor WORKERS = workers();

	abstract List<Outcome> decide(CacheBackend backend, List<QuotaGroup> groups);

	abstract List<Outcome> peek(CacheBackend backend, QuotaGroup group);

	Outcome decide(CacheBackend backend, Quota quota) {
		return decide(backend, List.of(new QuotaGroup(List.of(quota)))).get(0);
	}

	/**
	 * Return a backend that asks another in this way.
	 */
	CacheBackend of(CacheBackend backend) {
		return new CacheBackend() {

			@Override
			public List<Outcome> decide(List<QuotaGroup> groups) {
				return Driver.this.decide(backend, groups);
			}

			@Override
			public List<Outcome> peek(QuotaGroup group) {
				return Driver.this.peek(backend, group);
			}

			@Override
			public void reset(Client client, Policy policy) {
				backend.reset(client, policy);
			}

			@Override
			public boolean shared() {
				return backend.shared();
			}

		};
	}

	private static ExecutorService workers() {
		return Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "worker");
			thread.setDaemon(true);
			return thread;
		});
	}

	private static List<Outcome> join(CompletionStage<List<Outcome>> answer) {
		try {
			return answer.toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			throw (RuntimeException) ex.getCause();
		}
	}

}
