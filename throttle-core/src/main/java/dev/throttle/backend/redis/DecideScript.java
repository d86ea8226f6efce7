package dev.throttle.backend.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerListOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;

/**
 * The script that decides, sent by its digest, and whole where the server does not know
 * it yet.
 */
final class DecideScript {

	private final String source = read();

	private final String digest = digest(this.source);

	CompletableFuture<List<Long>> run(RedisClusterAsyncCommands<String, String> commands, String[] keys,
			byte[] arguments) {
		return send(commands, CommandType.EVALSHA, this.digest, keys, arguments).exceptionallyCompose(
				(failure) -> isUnknownScript(failure) ? send(commands, CommandType.EVAL, this.source, keys, arguments)
						: CompletableFuture.failedFuture(failure));
	}

	private static CompletableFuture<List<Long>> send(RedisClusterAsyncCommands<String, String> commands,
			CommandType type, String script, String[] keys, byte[] arguments) {
		CommandArgs<String, String> written = new CommandArgs<>(StringCodec.UTF8).add(script)
			.add(keys.length)
			.addKeys(keys)
			.add(arguments);
		return commands.dispatch(type, new IntegerListOutput<>(StringCodec.UTF8), written).toCompletableFuture();
	}

	private static boolean isUnknownScript(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return cause instanceof RedisNoScriptException;
	}

	private static String read() {
		try (InputStream script = DecideScript.class.getResourceAsStream("decide.lua")) {
			if (script == null) {
				throw new IllegalStateException("The script 'decide.lua' is not on the class path");
			}
			return new String(script.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String digest(String source) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-1", ex);
		}
	}

}
