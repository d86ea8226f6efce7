package dev.throttle.backend.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * Runs the script of {@link RedisCacheBackend} without waiting for it, which the backend
 * does.
 */
public final class DecideCalls {

	private static final RedisKeys KEYS = new RedisKeys("throttle", null);

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
	 * @param group the group
	 * @param micros the time in microseconds, -1 for the server's
	 * @return whether it is allowed
	 */
	public CompletionStage<Boolean> decide(QuotaGroup group, long micros) {
		ScriptCall call = new ScriptCall(List.of(Request.of(List.of(group), true, KEYS)));
		return DecideScript.run(this.commands, call, micros, ScriptCall.NO_DEADLINE)
			.thenApply((answer) -> allowed(call.answers(answer).get(0)));
	}

	private static boolean allowed(Answer answer) {
		return answer.outcomes() != null && answer.outcomes().stream().allMatch(Outcome::isAllowed);
	}

	/**
	 * Return the key of the first quota of a group.
	 * @param group the group
	 * @return the key
	 */
	public static String key(QuotaGroup group) {
		return Request.of(List.of(group), false, KEYS).keys().get(0);
	}

}
