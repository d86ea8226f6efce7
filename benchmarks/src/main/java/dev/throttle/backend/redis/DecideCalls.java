package dev.throttle.backend.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.throttle.backend.Charge;
import dev.throttle.backend.Outcome;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * Runs the script of {@link RedisCacheBackend} without waiting for it, which the backend
 * does.
 */
public final class DecideCalls {

	private static final RedisKeys KEYS = new RedisKeys("throttle", null);

	private final DecideScript script = new DecideScript();

	private final RedisClusterAsyncCommands<String, String> commands;

	/**
	 * Create calls.
	 * @param commands the commands of the connection
	 */
	public DecideCalls(RedisClusterAsyncCommands<String, String> commands) {
		this.commands = commands;
	}

	/**
	 * Decide a request.
	 * @param charge the charge
	 * @param micros the time in microseconds, -1 for the server's
	 * @return whether it is allowed
	 */
	public CompletionStage<Boolean> decide(Charge charge, long micros) {
		ScriptCall call = new ScriptCall(List.of(ScriptRequest.of(List.of(charge), true, KEYS)));
		return this.script.run(this.commands, call, micros, ScriptCall.NO_DEADLINE)
			.thenApply((answer) -> allowed(call.answers(answer).get(0)));
	}

	private static boolean allowed(ScriptAnswer answer) {
		return answer.outcomes() != null && answer.outcomes().stream().allMatch(Outcome::allowed);
	}

	/**
	 * Return the key of the first quota of a charge.
	 * @param charge the charge
	 * @return the key
	 */
	public static String key(Charge charge) {
		return ScriptRequest.of(List.of(charge), false, KEYS).keys().get(0);
	}

}
