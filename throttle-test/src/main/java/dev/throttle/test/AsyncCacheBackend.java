package dev.throttle.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;

/**
 * Calls the asynchronous methods of a backend and waits for the answers, so that
 * synchronous tests cover them. To run {@link CacheBackendContractTests} on them, return
 * {@code new AsyncCacheBackend(backend)} from {@code backend()}.
 *
 * @since 1.0.0
 */
public final class AsyncCacheBackend implements CacheBackend {

	private static final ExecutorService WORKERS = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "async-backend-workers");
		thread.setDaemon(true);
		return thread;
	});

	private final CacheBackend backend;

	/**
	 * Create a backend.
	 * @param backend the backend to call
	 */
	public AsyncCacheBackend(CacheBackend backend) {
		this.backend = backend;
	}

	@Override
	public List<Outcome> decide(List<QuotaGroup> groups) {
		return await(this.backend.decideAsync(groups, WORKERS));
	}

	@Override
	public List<Outcome> peek(QuotaGroup group) {
		return await(this.backend.peekAsync(group, WORKERS));
	}

	@Override
	public List<Settlement.Result> settle(List<Settlement> settlements) {
		return await(this.backend.settleAsync(settlements, WORKERS));
	}

	@Override
	public void reset(Client client, Scope scope) {
		this.backend.reset(client, scope);
	}

	@Override
	public boolean isShared() {
		return this.backend.isShared();
	}

	@Override
	public boolean isAvailable() {
		return this.backend.isAvailable();
	}

	@Override
	public void warmUp(Duration atMost) {
		this.backend.warmUp(atMost);
	}

	/** Not by {@code get}, which an interrupted thread leaves before the answer comes. */
	private static <T> T await(CompletionStage<T> answer) {
		try {
			return answer.toCompletableFuture().copy().orTimeout(60, TimeUnit.SECONDS).join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause
					: new IllegalStateException("The backend did not answer", ex.getCause());
		}
	}

}
