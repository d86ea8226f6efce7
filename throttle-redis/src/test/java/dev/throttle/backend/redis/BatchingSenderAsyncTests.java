package dev.throttle.backend.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests for whose answers no thread waits, so that a timer sends them.
 */
class BatchingSenderAsyncTests extends BatchingSenderTests {

	private final ManualTimer timer = new ManualTimer();

	private final Map<CompletableFuture<Answer>, Runnable> watches = new HashMap<>();

	@AfterEach
	void stop() {
		this.timer.shutdownNow();
	}

	@Override
	ScriptSender sender(BatchingSender batching) {
		return new ScriptSender() {

			@Override
			public CompletableFuture<Answer> send(Request request, long deadlineNanos) {
				CompletableFuture<Answer> answer = batching.withTimer(BatchingSenderAsyncTests.this.timer)
					.send(request, deadlineNanos);
				Runnable watch = BatchingSenderAsyncTests.this.timer.take();
				if (watch != null) {
					BatchingSenderAsyncTests.this.watches.put(answer, watch);
				}
				return answer;
			}

			@Override
			public CompletableFuture<List<Answer>> send(List<Request> requests, long deadlineNanos) {
				return batching.send(requests, deadlineNanos);
			}

		};
	}

	@Override
	long watch(CompletableFuture<Answer> answer) {
		this.watches.getOrDefault(answer, () -> {
		}).run();
		return this.timer.delayNanos;
	}

	@Test
	void onlyTheFirstThatWaitsSetsTheTimer() {
		fill();
		CompletableFuture<Answer> first = add();
		CompletableFuture<Answer> other = add();
		assertThat(this.watches).containsOnlyKeys(first).doesNotContainKey(other);
	}

	@Test
	void requestThatNoTimerTakesIsSentAtOnce() {
		fill();
		this.timer.isClosed = true;
		CompletableFuture<Answer> answer = add();
		assertThat(answer).isNotDone();
		this.timer.isClosed = false;
		CompletableFuture<Answer> next = add();
		assertThat(this.watches).as("nobody waits before it").containsKey(next);
	}

	/**
	 * Keeps what it is given to run.
	 */
	private static final class ManualTimer extends ScheduledThreadPoolExecutor {

		private Runnable scheduled;

		private long delayNanos;

		private boolean isClosed;

		ManualTimer() {
			super(1);
		}

		Runnable take() {
			Runnable taken = this.scheduled;
			this.scheduled = null;
			return taken;
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
			if (this.isClosed) {
				throw new RejectedExecutionException("The timer is closed");
			}
			this.scheduled = command;
			this.delayNanos = unit.toNanos(delay);
			return super.schedule(() -> {
			}, 1, TimeUnit.HOURS);
		}

	}

}
