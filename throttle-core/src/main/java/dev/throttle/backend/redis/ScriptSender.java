package dev.throttle.backend.redis;

import java.util.List;
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

	/** How a node of a cluster refuses a call, before it runs it. */
	private static final String SEVERAL_SLOTS = "CROSSSLOT";

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
	public CompletableFuture<List<ScriptAnswer>> send(List<ScriptRequest> requests, long deadline) {
		if (requests.size() == 1) {
			return call(requests, deadline);
		}
		return this.apart ? sendApart(requests, deadline) : call(requests, deadline).exceptionallyCompose((failure) -> {
			if (!reason(failure).startsWith(SEVERAL_SLOTS)) {
				return CompletableFuture.failedFuture(failure);
			}
			this.apart = true;
			return sendApart(requests, deadline);
		});
	}

	private CompletableFuture<List<ScriptAnswer>> sendApart(List<ScriptRequest> requests, long deadline) {
		List<CompletableFuture<ScriptAnswer>> answers = requests.stream()
			.map((request) -> call(List.of(request), deadline).thenApply((answer) -> answer.get(0))
				.exceptionallyCompose(ScriptSender::refused))
			.toList();
		return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
			.thenApply((done) -> answers.stream().map(CompletableFuture::join).toList());
	}

	private static CompletableFuture<ScriptAnswer> refused(Throwable failure) {
		return (RedisScript.root(failure) instanceof RedisCommandExecutionException)
				? CompletableFuture.completedFuture(new ScriptAnswer(null, reason(failure)))
				: CompletableFuture.failedFuture(failure);
	}

	private static String reason(Throwable failure) {
		return String.valueOf(RedisScript.root(failure).getMessage());
	}

	private CompletableFuture<List<ScriptAnswer>> call(List<ScriptRequest> requests, long deadline) {
		if (isOver(deadline)) {
			return CompletableFuture.failedFuture(new TimeoutException("the connection opened too late"));
		}
		ScriptCall call = new ScriptCall(requests);
		return this.clocks.clock(requests.get(0).keys().get(0)).thenCompose((clock) -> run(call, clock, deadline));
	}

	private CompletableFuture<List<ScriptAnswer>> run(ScriptCall call, ServerClock clock, long deadline) {
		if (isOver(deadline)) {
			return CompletableFuture.failedFuture(new TimeoutException("the server was found able to count too late"));
		}
		long time = (this.time != null) ? this.time.getAsLong() : ScriptCall.SERVER_TIME;
		return this.script
			.run(this.connection.commands(), call, time,
					(this.time != null) ? ScriptCall.NO_DEADLINE : clock.at(deadline))
			.thenApply((answer) -> {
				clock.read(ScriptCall.serverMicros(answer), System.nanoTime());
				return call.answers(answer);
			});
	}

	private static boolean isOver(long deadline) {
		return deadline - System.nanoTime() <= 0;
	}

}
