package dev.throttle.backend.redis;

import java.util.concurrent.CompletableFuture;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.protocol.CommandArgs;

/**
 * The script that decides.
 */
final class DecideScript {

	private final LuaScript script = new LuaScript("decide.lua");

	/**
	 * Run the script.
	 * @param time the time in microseconds since the epoch
	 * @param deadline the time after which nothing is recorded
	 * @return its answer, for {@link ScriptCall#answers} to read
	 */
	CompletableFuture<byte[]> run(RedisClusterAsyncCommands<String, String> commands, ScriptCall call, long time,
			long deadline) {
		String[] keys = call.keys();
		byte[] arguments = call.arguments(time, deadline);
		byte[] sizes = call.sizes();
		return this.script.run((command, script) -> {
			CommandArgs<String, String> written = new CommandArgs<>(StringCodec.UTF8).add(script)
				.add(keys.length)
				.addKeys(keys)
				.add(arguments);
			return commands.dispatch(command, new ByteArrayOutput<>(StringCodec.UTF8),
					(sizes != null) ? written.add(sizes) : written);
		});
	}

}
