package dev.throttle.backend.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerListOutput;
import io.lettuce.core.protocol.CommandArgs;

/**
 * The script that decides.
 */
final class DecideScript {

	private final LuaScript script = new LuaScript("decide.lua");

	CompletableFuture<List<Long>> run(RedisClusterAsyncCommands<String, String> commands, String[] keys,
			byte[] arguments) {
		return this.script
			.run((command, script) -> commands.dispatch(command, new IntegerListOutput<>(StringCodec.UTF8),
					new CommandArgs<>(StringCodec.UTF8).add(script).add(keys.length).addKeys(keys).add(arguments)));
	}

}
