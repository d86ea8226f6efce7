package dev.throttle.backend.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;

/**
 * A Lua script. It is sent by its digest, or in full if the server does not know it yet.
 */
final class LuaScript {

	private final String source;

	private final String digest;

	/**
	 * Read a script.
	 * @param name the name of the resource beside this class
	 */
	LuaScript(String name) {
		this.source = read(name);
		this.digest = digest(this.source);
	}

	/**
	 * Return the arguments of a command that runs the script.
	 * @param script the digest of the script, or the whole of it
	 * @param arguments its arguments, binary
	 */
	static CommandArgs<String, String> arguments(String script, String[] keys, byte[]... arguments) {
		CommandArgs<String, String> written = new CommandArgs<>(StringCodec.UTF8).add(script)
			.add(keys.length)
			.addKeys(keys);
		for (byte[] argument : arguments) {
			written.add(argument);
		}
		return written;
	}

	/**
	 * Return the SHA-1 digest of the script.
	 */
	String digest() {
		return this.digest;
	}

	/**
	 * Return the answer to the digest, or send the script in full if the server does not
	 * know it.
	 * @param answer the answer to the digest
	 * @param sendInFull sends the script
	 */
	<T> CompletableFuture<T> orInFull(CompletionStage<T> answer, Function<String, CompletionStage<T>> sendInFull) {
		return answer.toCompletableFuture()
			.exceptionallyCompose((failure) -> isUnknownScript(failure) ? sendInFull.apply(this.source)
					: CompletableFuture.failedFuture(failure));
	}

	private static boolean isUnknownScript(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return cause instanceof RedisNoScriptException;
	}

	private static String read(String name) {
		try (InputStream script = LuaScript.class.getResourceAsStream(name)) {
			if (script == null) {
				throw new IllegalStateException("The script '" + name + "' is not on the class path");
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
