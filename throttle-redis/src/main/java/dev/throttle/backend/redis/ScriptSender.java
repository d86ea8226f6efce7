package dev.throttle.backend.redis;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls of the script to the server that has their keys, each with its deadline on
 * that server's clock.
 */
final class ScriptSender implements CallBatches.Sender {

	/** What stands in the error with which a call is refused that spans several slots. */
	private static final String SLOT = "slot";

	private final RedisConnection connection;

	private final ServerClocks clocks;

	private final DecideScript script;

	private final @Nullable LongSupplier time;

	private volatile boolean apart;

	/**
	 * Create a sender.
	 * @param time the time that the script is given, in microseconds since the epoch;
	 * null for the server's
	 */
	ScriptSender(RedisConnection connection, ServerClocks clocks, DecideScript script, @Nullable LongSupplier time) {
		this.connection = connection;
		this.clocks = clocks;
		this.script = script;
		this.time = time;
	}

	/**
	 * Send requests in one call, or side by side in one each where a server of several
	 * slots is used as one.
	 */
	@Override
	public CompletableFuture<List<ScriptAnswer>> send(List<ScriptRequest> requests, long deadlineNanos) {
		if (requests.size() == 1) {
			return call(requests, deadlineNanos);
		}
		return this.apart ? sendApart(requests, deadlineNanos)
				: call(requests, deadlineNanos).exceptionallyCompose((failure) -> {
					if (!isRefusedForItsSlots(failure) || Retries.passes(failure, false)) {
						return CompletableFuture.failedFuture(failure);
					}
					this.apart = true;
					return sendApart(requests, deadlineNanos);
				});
	}

	private CompletableFuture<List<ScriptAnswer>> sendApart(List<ScriptRequest> requests, long deadlineNanos) {
		List<CompletableFuture<ScriptAnswer>> answers = requests.stream()
			.map((request) -> call(List.of(request), deadlineNanos).thenApply((answer) -> answer.get(0))
				.exceptionallyCompose(ScriptSender::refused))
			.toList();
		return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
			.thenApply((done) -> answers.stream().map(CompletableFuture::join).toList());
	}

	private static boolean isRefusedForItsSlots(Throwable failure) {
		String refusal = refusal(failure);
		return refusal != null && refusal.toLowerCase(Locale.ROOT).contains(SLOT);
	}

	private static CompletableFuture<ScriptAnswer> refused(Throwable failure) {
		String refusal = refusal(failure);
		return (refusal != null) ? CompletableFuture.completedFuture(ScriptAnswer.failed(refusal))
				: CompletableFuture.failedFuture(failure);
	}

	private static @Nullable String refusal(Throwable failure) {
		Throwable root = RedisFailure.root(failure);
		return (root instanceof RedisCommandExecutionException) ? String.valueOf(root.getMessage()) : null;
	}

	private CompletableFuture<List<ScriptAnswer>> call(List<ScriptRequest> requests, long deadlineNanos) {
		return Retries.run(() -> callOnce(requests, deadlineNanos), this.connection.isCluster(), deadlineNanos);
	}

	private CompletableFuture<List<ScriptAnswer>> callOnce(List<ScriptRequest> requests, long deadlineNanos) {
		if (isOver(deadlineNanos)) {
			return tooLate(requests, "no time was left to ask");
		}
		ScriptCall call = new ScriptCall(requests);
		return this.clocks.clock(requests.get(0).keys().get(0)).thenCompose((clock) -> run(call, clock, deadlineNanos));
	}

	private CompletableFuture<List<ScriptAnswer>> run(ScriptCall call, ServerClock clock, long deadlineNanos) {
		if (isOver(deadlineNanos)) {
			return tooLate(call.requests(), "the server was found able to count too late");
		}
		long time = (this.time != null) ? this.time.getAsLong() : ScriptCall.SERVER_TIME;
		return this.script
			.run(this.connection.commands(), call, time,
					(this.time != null) ? ScriptCall.NO_DEADLINE : clock.at(deadlineNanos))
			.thenApply((answer) -> {
				clock.read(ScriptCall.serverMicros(answer), System.nanoTime());
				return call.answers(answer);
			});
	}

	/**
	 * Answer what is not sent any more. Where several requests share a call only one need
	 * be out of time.
	 */
	private static CompletableFuture<List<ScriptAnswer>> tooLate(List<ScriptRequest> requests, String reason) {
		return (requests.size() > 1)
				? CompletableFuture.completedFuture(Collections.nCopies(requests.size(), ScriptAnswer.TOO_LATE))
				: CompletableFuture.failedFuture(new TimeoutException(reason));
	}

	private static boolean isOver(long deadlineNanos) {
		return deadlineNanos - System.nanoTime() <= 0;
	}

}
