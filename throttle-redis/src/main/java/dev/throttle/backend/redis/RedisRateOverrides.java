package dev.throttle.backend.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.throttle.Rates;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.RateOverride;
import dev.throttle.backend.RateOverrides;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.CommandArgs;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps overrides in one hash, and beside them the rates that instances have configured,
 * so that each sees where these differ. The hash is read once a second on the backend's
 * connection, and no request waits for that. Overrides end by the server's clock. While
 * Redis is away the last known ones stay until they end.
 */
final class RedisRateOverrides implements RateOverrides, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RedisRateOverrides.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration HUNG = Duration.ofSeconds(3);

	private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(1);

	/** No scope begins like this. */
	private static final String CONFIGURED = "=";

	private final LuaScript rates = new LuaScript("rates.lua");

	private final RedisScript script;

	private final RedisLink link;

	private final String key;

	private final @Nullable LongSupplier time;

	private final Runnable beat;

	private final RateDifferences differences;

	private final Object order = new Object();

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "throttle-rates-redis");
		thread.setDaemon(true);
		return thread;
	});

	private Listener listener = (overrides, now) -> {
	};

	private boolean following;

	private long sent;

	private long told;

	private volatile boolean reading;

	private volatile boolean failing;

	private volatile boolean unreachable;

	RedisRateOverrides(RedisScript script, RedisLink link, String prefix, @Nullable LongSupplier time, Runnable beat) {
		this.script = script;
		this.link = link;
		this.key = prefix + ":rates";
		this.time = time;
		this.beat = beat;
		this.differences = new RateDifferences(prefix);
	}

	@Override
	public void compare(Supplier<Rates> configured) {
		this.differences.compare(configured);
	}

	@Override
	public void follow(Listener listener) {
		synchronized (this.order) {
			this.listener = listener;
			if (this.following) {
				return;
			}
			this.following = true;
		}
		var unused = this.executor.scheduleWithFixedDelay(this::poll, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Return whether the last reading was not answered at all.
	 */
	boolean isUnreachable() {
		return this.unreachable;
	}

	private void poll() {
		this.beat.run();
		if (this.reading) {
			return;
		}
		this.reading = true;
		try {
			var unused = run("", "", "", "").orTimeout(HUNG.toMillis(), TimeUnit.MILLISECONDS)
				.whenComplete((done, failure) -> {
					this.reading = false;
					note(failure);
				});
		}
		catch (RuntimeException ex) {
			this.reading = false;
			note(ex);
		}
	}

	private void note(@Nullable Throwable failure) {
		if (failure == null) {
			this.unreachable = false;
			if (this.failing) {
				this.failing = false;
				logger.info("Rate overrides are read from Redis again");
			}
			return;
		}
		Throwable cause = RedisFailure.root(failure);
		this.unreachable = !(cause instanceof RedisCommandExecutionException);
		if (cause instanceof TimeoutException || this.link.session().isCompletedExceptionally()) {
			this.script.renew();
		}
		if (!this.failing && !this.executor.isShutdown()) {
			this.failing = true;
			logger.warn("Cannot read rate overrides from Redis ({}); keeping the last known until they end",
					(cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName());
		}
	}

	@Override
	public void set(String scope, String rates, @Nullable Duration duration) {
		await(change(scope, rates, (duration != null) ? Long.toString(micros(duration)) : ""));
	}

	@Override
	public void remove(String scope) {
		await(change(scope, "", ""));
	}

	/**
	 * Change a rate, unless the server comes to it after the caller has given up.
	 */
	private CompletableFuture<Void> change(String scope, String rates, String duration) {
		long deadline = System.nanoTime() + WRITE_TIMEOUT.toNanos();
		return this.link.session()
			.thenCompose((session) -> session.clock(this.key))
			.thenCompose((clock) -> run(scope, rates, duration,
					(this.time != null) ? "" : Long.toString(clock.at(deadline))));
	}

	@Override
	public boolean shared() {
		return true;
	}

	/**
	 * Run the script and tell the listener what it answers, unless a later one has been
	 * answered before.
	 */
	private CompletableFuture<Void> run(String scope, String rates, String duration, String deadline) {
		String time = (this.time != null) ? Long.toString(this.time.getAsLong()) : "";
		String configured = this.differences.configured();
		return this.link.session().thenCompose((session) -> {
			synchronized (this.order) {
				long number = ++this.sent;
				CompletableFuture<List<String>> answer = this.rates.run((command, script) -> session.connection()
					.commands()
					.dispatch(command, new ValueListOutput<>(StringCodec.UTF8),
							new CommandArgs<>(StringCodec.UTF8).add(script)
								.add(1)
								.addKey(this.key)
								.addValues(time, scope, rates, duration, deadline, configured)));
				return answer.thenAccept((told) -> tell(number, told));
			}
		});
	}

	private void tell(long number, List<String> answer) {
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
		synchronized (this.order) {
			if (number > this.told) {
				this.told = number;
				this.listener.changed(overrides, instant(Long.parseLong(answer.get(0))));
				this.differences.warn(configured);
			}
		}
	}

	private static RateOverride override(String scope, String field) {
		int space = field.indexOf(' ');
		try {
			long ends = (space > 0) ? Long.parseLong(field, 0, space, 10) : 0;
			return new RateOverride(scope, field.substring(space + 1), (ends > 0) ? instant(ends) : null);
		}
		catch (NumberFormatException ex) {
			return new RateOverride(scope, field, null);
		}
	}

	private static Instant instant(long micros) {
		return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
	}

	private static long micros(Duration duration) {
		return Math.max(1, duration.toSeconds() * 1_000_000 + duration.toNanosPart() / 1000);
	}

	private static void await(CompletableFuture<Void> answer) {
		try {
			answer.get(WRITE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new BackendUnavailableException(INTERVAL);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BackendUnavailableException(INTERVAL);
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
