package dev.throttle.backend.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * Runs the scripts of {@link RedisCacheBackend} without waiting for them, which the
 * backend does.
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

	/**
	 * Give back what the first quota of a group recorded.
	 * @param group the group
	 * @param recordedAt when it was recorded, in microseconds
	 * @param micros the time in microseconds
	 * @return true; fails if it was not given back
	 */
	public CompletionStage<Boolean> giveBack(QuotaGroup group, long recordedAt, long micros) {
		Outcome outcome = new Outcome(true, 0, 0, 0, null, Outcome.DecidedBy.BACKEND, recordedAt);
		return SettleScript.run(this.commands, List.of(new Settlement(group.quotas().get(0), outcome, 0)), KEYS, micros)
			.thenApply((results) -> {
				if (results.get(0) != Settlement.Result.SETTLED) {
					throw new IllegalStateException("The settlement is " + results);
				}
				return true;
			});
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
