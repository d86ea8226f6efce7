package dev.throttle.backend.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import dev.throttle.backend.RateOverride;
import dev.throttle.backend.remote.RemoteRateOverrides;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;

/**
 * Keeps overrides in one Redis hash, which is read on the backend's connection.
 */
final class RedisRateOverrides extends RemoteRateOverrides {

	/** Marks a field with configured rates; no target begins like this. */
	private static final String CONFIGURED = "=";

	private static final LuaScript SCRIPT = new LuaScript("rates.lua");

	private final RedisCacheBackend backend;

	private final CurrentSession session;

	private final String key;

	private final @Nullable LongSupplier time;

	/**
	 * Create overrides.
	 * @param prefix the prefix of keys
	 * @param time the time to use, in microseconds since the epoch; null to use the
	 * server's
	 */
	RedisRateOverrides(RedisCacheBackend backend, CurrentSession session, String prefix, @Nullable LongSupplier time) {
		super(backend,
				"If the other instance belongs to another application, give one of them a 'throttle.redis.key-prefix' other than '"
						+ prefix + "'");
		this.backend = backend;
		this.session = session;
		this.key = prefix + ":rates";
		this.time = time;
	}

	@Override
	protected CompletableFuture<Kept> read(String configured, Executor blocking) {
		return run("", "", "", "", configured);
	}

	@Override
	protected CompletableFuture<Kept> change(String target, @Nullable String rates, @Nullable Duration duration,
			String configured, long deadlineNanos, Executor blocking) {
		String micros = (duration != null) ? Long.toString(micros(duration)) : "";
		return this.session.get()
			.thenCompose((session) -> session.clock(this.key))
			.thenCompose((clock) -> run(target, (rates != null) ? rates : "", micros,
					(this.time != null) ? "" : Long.toString(clock.at(deadlineNanos)), configured));
	}

	private CompletableFuture<Kept> run(String target, String rates, String duration, String deadline,
			String configured) {
		String time = (this.time != null) ? Long.toString(this.time.getAsLong()) : "";
		String[] values = { time, target, rates, duration, deadline, configured };
		return this.session.get().thenCompose((session) -> {
			RedisClusterAsyncCommands<String, String> commands = session.connection().commands();
			return SCRIPT.orInFull(dispatch(commands, CommandType.EVALSHA, SCRIPT.digest(), values),
					(script) -> dispatch(commands, CommandType.EVAL, script, values));
		}).thenApply(RedisRateOverrides::kept);
	}

	private CompletionStage<List<String>> dispatch(RedisClusterAsyncCommands<String, String> commands,
			CommandType command, String script, String[] values) {
		return commands.dispatch(command, new ValueListOutput<>(StringCodec.UTF8),
				new CommandArgs<>(StringCodec.UTF8).add(script).add(1).addKey(this.key).addValues(values));
	}

	private static Kept kept(List<String> answer) {
		List<RateOverride> overrides = new ArrayList<>();
		List<String> configured = new ArrayList<>();
		for (int i = 1; i < answer.size(); i += 2) {
			String field = answer.get(i);
			if (field.startsWith(CONFIGURED)) {
				configured.add(field.substring(CONFIGURED.length()));
			}
			else {
				overrides.add(override(field, answer.get(i + 1)));
			}
		}
		return new Kept(instant(Long.parseLong(answer.get(0))), overrides, configured);
	}

	private static RateOverride override(String target, String field) {
		int space = field.indexOf(' ');
		try {
			long ends = (space > 0) ? Long.parseLong(field, 0, space, 10) : 0;
			return new RateOverride(target, field.substring(space + 1), (ends > 0) ? instant(ends) : null);
		}
		catch (NumberFormatException ex) {
			return new RateOverride(target, field, null);
		}
	}

	private static Instant instant(long micros) {
		return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
	}

	private static long micros(Duration duration) {
		return Math.max(1, duration.toSeconds() * 1_000_000 + duration.toNanosPart() / 1000);
	}

	@Override
	protected boolean isAnswer(Throwable cause) {
		return cause instanceof RedisCommandExecutionException;
	}

	@Override
	protected void readFailed(Throwable cause) {
		if (cause instanceof TimeoutException || this.session.get().isCompletedExceptionally()) {
			this.backend.renew();
		}
	}

}
