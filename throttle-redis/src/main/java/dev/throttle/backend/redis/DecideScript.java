package dev.throttle.backend.redis;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.ServerClock;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.codec.StringCodec;
import org.jspecify.annotations.Nullable;

/**
 * Runs the script that decides, on one connection. A call goes to the server of its keys,
 * with a deadline on that server's clock.
 */
final class DecideScript implements ScriptSender {

	private static final LuaScript SCRIPT = new LuaScript("decide.lua");

	/** A part of the error that refuses a call for spanning several slots. */
	private static final String SLOT = "slot";

	private final LettuceConnection connection;

	private final ServerClocks clocks;

	private final @Nullable LongSupplier time;

	private volatile boolean separately;

	/**
	 * Create a sender.
	 * @param time the time for the script to use, in microseconds since the epoch; null
	 * to use the server's
	 */
	DecideScript(LettuceConnection connection, ServerClocks clocks, @Nullable LongSupplier time) {
		this.connection = connection;
		this.clocks = clocks;
		this.time = time;
	}

	/**
	 * Read the script. Read at its first use, it would block a thread of the driver.
	 */
	static void load() {
		Objects.requireNonNull(SCRIPT);
	}

	@Override
	public CompletableFuture<Answer> send(Request request, long deadlineNanos) {
		return call(List.of(request), deadlineNanos).thenApply((answers) -> answers.get(0));
	}

	/**
	 * Send requests in one call, or in parallel calls if a cluster is used as if it were
	 * one server.
	 */
	@Override
	public CompletableFuture<List<Answer>> send(List<Request> requests, long deadlineNanos) {
		if (requests.size() == 1) {
			return call(requests, deadlineNanos);
		}
		return this.separately ? sendSeparately(requests, deadlineNanos)
				: call(requests, deadlineNanos).exceptionallyCompose((failure) -> {
					if (!isRefusedForItsSlots(failure) || Retries.isTemporary(failure, false)) {
						return CompletableFuture.failedFuture(failure);
					}
					this.separately = true;
					return sendSeparately(requests, deadlineNanos);
				});
	}

	private CompletableFuture<List<Answer>> sendSeparately(List<Request> requests, long deadlineNanos) {
		List<CompletableFuture<Answer>> answers = requests.stream()
			.map((request) -> send(request, deadlineNanos).exceptionallyCompose(DecideScript::refused))
			.toList();
		return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
			.thenApply((done) -> answers.stream().map(CompletableFuture::join).toList());
	}

	private static boolean isRefusedForItsSlots(Throwable failure) {
		String error = Retries.error(failure);
		return error != null && error.toLowerCase(Locale.ROOT).contains(SLOT);
	}

	private static CompletableFuture<Answer> refused(Throwable failure) {
		String error = Retries.error(failure);
		return (error != null) ? CompletableFuture.completedFuture(Answer.failed(error))
				: CompletableFuture.failedFuture(failure);
	}

	private CompletableFuture<List<Answer>> call(List<Request> requests, long deadlineNanos) {
		long sent = System.nanoTime();
		return Retries.whileTemporary(callOnce(requests, deadlineNanos), sent, () -> callOnce(requests, deadlineNanos),
				this.connection.isCluster(), deadlineNanos);
	}

	private CompletableFuture<List<Answer>> callOnce(List<Request> requests, long deadlineNanos) {
		if (isOver(deadlineNanos)) {
			return tooLate(requests, "the deadline passed before the call was sent");
		}
		try {
			ScriptCall call = new ScriptCall(requests);
			return this.clocks.clock(requests.get(0).keys().get(0))
				.thenCompose((clock) -> call(call, clock, deadlineNanos));
		}
		catch (RuntimeException | Error ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletableFuture<List<Answer>> call(ScriptCall call, ServerClock clock, long deadlineNanos) {
		if (isOver(deadlineNanos)) {
			return tooLate(call.requests(), "the deadline passed while the server was checked");
		}
		long time = (this.time != null) ? this.time.getAsLong() : ScriptCall.SERVER_TIME;
		return run(this.connection.commands(), call, time,
				(this.time != null) ? ScriptCall.NO_DEADLINE : clock.at(deadlineNanos))
			.thenApply((answer) -> {
				clock.read(ScriptCall.serverMicros(answer), System.nanoTime());
				return call.answers(answer);
			});
	}

	/**
	 * Run the script.
	 * @param time the time in microseconds since the epoch
	 * @param deadline the time after which nothing is recorded
	 * @return its answer, for {@link ScriptCall#answers} to read
	 */
	static CompletableFuture<byte[]> run(RedisClusterAsyncCommands<String, String> commands, ScriptCall call, long time,
			long deadline) {
		byte[] sizes = call.sizes();
		byte[] arguments = call.arguments(time, deadline);
		byte[][] all = (sizes != null) ? new byte[][] { arguments, sizes } : new byte[][] { arguments };
		return SCRIPT.orInFull(dispatch(commands, CommandType.EVALSHA, SCRIPT.digest(), call, all),
				(script) -> dispatch(commands, CommandType.EVAL, script, call, all));
	}

	private static CompletionStage<byte[]> dispatch(RedisClusterAsyncCommands<String, String> commands,
			CommandType command, String script, ScriptCall call, byte[][] arguments) {
		return commands.dispatch(command, new ByteArrayOutput<>(StringCodec.UTF8),
				LuaScript.arguments(script, call.keys(), arguments));
	}

	/**
	 * Return the answers for a call that is not sent. If several requests share it,
	 * perhaps only one is out of time.
	 */
	private static CompletableFuture<List<Answer>> tooLate(List<Request> requests, String reason) {
		return (requests.size() > 1)
				? CompletableFuture.completedFuture(Collections.nCopies(requests.size(), Answer.TOO_LATE))
				: CompletableFuture.failedFuture(new TimeoutException(reason));
	}

	private static boolean isOver(long deadlineNanos) {
		return deadlineNanos - System.nanoTime() <= 0;
	}

}
