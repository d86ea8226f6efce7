package dev.throttle.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.throttle.ThrottleRequest;

/**
 * The two ways in which an engine has a request decided, so that tests can run with each.
 */
public enum Driver {

	/**
	 * The caller waits for throttles and backends.
	 */
	SYNCHRONOUS {

		@Override
		public Decision decide(ThrottleEngine engine, ThrottleRequest request, AppliedThrottles throttles) {
			return engine.decide(request, throttles);
		}

		@Override
		public Decision peek(ThrottleEngine engine, ThrottleRequest request, AppliedThrottles throttles) {
			return engine.peek(request, throttles);
		}

	},

	/**
	 * Only the test waits: what may block runs on threads of its own.
	 */
	ASYNCHRONOUS {

		@Override
		public Decision decide(ThrottleEngine engine, ThrottleRequest request, AppliedThrottles throttles) {
			return await(engine.decideAsync(request, throttles, WORKERS, AFTER));
		}

		@Override
		public Decision peek(ThrottleEngine engine, ThrottleRequest request, AppliedThrottles throttles) {
			return await(engine.peekAsync(request, throttles, WORKERS));
		}

		private Decision await(CompletableFuture<Decision> decision) {
			try {
				return decision.get(60, TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				throw (ex.getCause() instanceof RuntimeException cause) ? cause
						: new IllegalStateException(ex.getCause());
			}
			catch (InterruptedException | TimeoutException ex) {
				throw new IllegalStateException("Not decided", ex);
			}
		}

	};

	private static final ExecutorService WORKERS = threads("test-workers");

	private static final ExecutorService AFTER = threads("test-after");

	/**
	 * Have a request decided, and return when it is.
	 */
	public abstract Decision decide(ThrottleEngine engine, ThrottleRequest request, AppliedThrottles throttles);

	/**
	 * Peek at the quotas of a request, and return what they are.
	 */
	public abstract Decision peek(ThrottleEngine engine, ThrottleRequest request, AppliedThrottles throttles);

	private static ExecutorService threads(String name) {
		return Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		});
	}

}
