package dev.throttle.backend.redis;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;

/**
 * The script that decides, on one connection. A call goes to the server that has its
 * keys, with its deadline on that server's clock.
 */
final class DecideScript implements ScriptSender {

	private static final LuaScript SCRIPT = new LuaScript("decide.lua");

	/** What stands in the error with which a call is refused that spans several slots. */
	private static final String SLOT = "slot";

	private final RedisConnection connection;

	private final ServerClocks clocks;

	private final @Nullable LongSupplier time;

	private volatile boolean apart;

	/**
	 * Create a sender.
	 * @param time the time that the script is given, in microseconds since the epoch;
	 * null for the server's
	 */
	DecideScript(RedisConnection connection, ServerClocks clocks, @Nullable LongSupplier time) {
		this.connection = connection;
		this.clocks = clocks;
		this.time = time;
	}

	@Override
	public CompletableFuture<Answer> send(Request request, long deadlineNanos) {
		return call(List.of(request), deadlineNanos).thenApply((answers) -> answers.get(0));
	}

	/**
	 * Send requests in one call, or side by side in one each where a server of several
	 * slots is used as one.
	 */
	@Override
	public CompletableFuture<List<Answer>> send(List<Request> requests, long deadlineNanos) {
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

	private CompletableFuture<List<Answer>> sendApart(List<Request> requests, long deadlineNanos) {
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
		return Retries.whilePassing(callOnce(requests, deadlineNanos), sent, () -> callOnce(requests, deadlineNanos),
				this.connection.isCluster(), deadlineNanos);
	}

	private CompletableFuture<List<Answer>> callOnce(List<Request> requests, long deadlineNanos) {
		if (isOver(deadlineNanos)) {
			return tooLate(requests, "no time was left to ask");
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

	private CompletableFuture<List<Answer>> call(ScriptCall call, ServerClocks.Clock clock, long deadlineNanos) {
		if (isOver(deadlineNanos)) {
			return tooLate(call.requests(), "the server was found able to count too late");
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
		byte[] arguments = call.arguments(time, deadline);
		return SCRIPT.orWhole(dispatch(commands, CommandType.EVALSHA, SCRIPT.digest(), call, arguments),
				(script) -> dispatch(commands, CommandType.EVAL, script, call, arguments));
	}

	private static CompletionStage<byte[]> dispatch(RedisClusterAsyncCommands<String, String> commands,
			CommandType command, String script, ScriptCall call, byte[] arguments) {
		String[] keys = call.keys();
		CommandArgs<String, String> written = new CommandArgs<>(StringCodec.UTF8).add(script)
			.add(keys.length)
			.addKeys(keys)
			.add(arguments);
		byte[] sizes = call.sizes();
		return commands.dispatch(command, new ByteArrayOutput<>(StringCodec.UTF8),
				(sizes != null) ? written.add(sizes) : written);
	}

	/**
	 * Answer what is not sent any more. Where several requests share a call only one need
	 * be out of time.
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
