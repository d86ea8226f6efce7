package dev.throttle.backend.redis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.throttle.CalendarWindow;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.codec.StringCodec;

/**
 * The script that gives permits back.
 */
final class SettleScript {

	private static final LuaScript SCRIPT = new LuaScript("settle.lua");

	/** The results by the byte that the script returns. */
	private static final List<Settlement.Result> RESULTS = List.of(Settlement.Result.GONE, Settlement.Result.SETTLED,
			Settlement.Result.STANDS);

	/** In place of a window, for a quota whose window slides. */
	private static final CalendarWindow SLIDING = new CalendarWindow(0, 0);

	private SettleScript() {
	}

	/**
	 * Read the script. Read at its first use, it would block a thread of the driver.
	 */
	static void load() {
		Objects.requireNonNull(SCRIPT);
	}

	/**
	 * Run the script.
	 * @param settlements the settlements, all of which give permits back
	 * @param time the time in microseconds since the epoch, or
	 * {@link ScriptCall#SERVER_TIME}
	 * @return what became of each settlement
	 */
	static CompletableFuture<List<Settlement.Result>> run(RedisClusterAsyncCommands<String, String> commands,
			List<Settlement> settlements, RedisKeys keys, long time) {
		String[] histories = settlements.stream().map((each) -> keys.key(each.quota())).toArray(String[]::new);
		ByteBuffer arguments = ByteBuffer.allocate(Double.BYTES * (1 + 5 * settlements.size()))
			.putDouble((double) time);
		settlements.forEach((each) -> {
			CalendarWindow window = window(each);
			arguments.putDouble((double) each.outcome().recordedAt())
				.putDouble((double) each.quota().cost())
				.putDouble(-(double) each.difference())
				.putDouble((double) window.startMicros())
				.putDouble((double) window.endMicros());
		});
		return SCRIPT
			.orInFull(dispatch(commands, CommandType.EVALSHA, SCRIPT.digest(), histories, arguments.array()),
					(script) -> dispatch(commands, CommandType.EVAL, script, histories, arguments.array()))
			.thenApply(SettleScript::results);
	}

	/**
	 * Return the window of the calendar in which a quota was recorded.
	 */
	private static CalendarWindow window(Settlement settlement) {
		Policy policy = settlement.quota().policies().get(0);
		return policy.isCalendar() ? policy.windowAt(settlement.outcome().recordedAt()) : SLIDING;
	}

	private static CompletionStage<byte[]> dispatch(RedisClusterAsyncCommands<String, String> commands,
			CommandType command, String script, String[] keys, byte[] arguments) {
		return commands.dispatch(command, new ByteArrayOutput<>(StringCodec.UTF8),
				LuaScript.arguments(script, keys, arguments));
	}

	private static List<Settlement.Result> results(byte[] answer) {
		List<Settlement.Result> results = new ArrayList<>(answer.length);
		for (byte each : answer) {
			results.add(RESULTS.get(each));
		}
		return results;
	}

}
