package dev.throttle.backend.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import dev.throttle.backend.RateOverride;
import dev.throttle.backend.remote.RemoteRateOverrides;
import org.jspecify.annotations.Nullable;

/**
 * Keeps overrides in tables beside the histories.
 */
final class JdbcRateOverrides extends RemoteRateOverrides {

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);

	private final ServerFunctions functions;

	private final String sql;

	private final String application;

	private final @Nullable LongSupplier time;

	/**
	 * Create overrides.
	 * @param application the prefix of keys
	 * @param time the time to use in place of the server's, null to use the server's
	 */
	JdbcRateOverrides(JdbcCacheBackend backend, ServerFunctions functions, String tablePrefix, String application,
			@Nullable LongSupplier time) {
		super(backend,
				"If the other instance belongs to another application, give one of them a 'throttle.jdbc.key-prefix' other than '"
						+ application + "'");
		this.functions = functions;
		this.sql = "SELECT o_time, o_target, o_rates, o_expires FROM " + tablePrefix + "rates(?, ?, ?, ?, ?, ?, ?)";
		this.application = application;
		this.time = time;
	}

	@Override
	protected CompletableFuture<Kept> read(String configured, Executor blocking) {
		return run(null, null, null, configured, System.nanoTime() + READ_TIMEOUT.toNanos(), blocking);
	}

	@Override
	protected CompletableFuture<Kept> change(String target, @Nullable String rates, @Nullable Duration duration,
			String configured, long deadlineNanos, Executor blocking) {
		return run(target, rates, duration, configured, deadlineNanos, blocking);
	}

	private CompletableFuture<Kept> run(@Nullable String target, @Nullable String rates, @Nullable Duration duration,
			String configured, long deadlineNanos, Executor blocking) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return call(target, rates, duration, configured, deadlineNanos);
			}
			catch (SQLException | TimeoutException ex) {
				throw new CompletionException(ex);
			}
		}, blocking);
	}

	private Kept call(@Nullable String target, @Nullable String rates, @Nullable Duration duration, String configured,
			long deadlineNanos) throws SQLException, TimeoutException {
		return this.functions.within(deadlineNanos, (connection) -> {
			long deadline = this.functions.serverTime(connection, deadlineNanos);
			try (PreparedStatement call = connection.prepareStatement(this.sql)) {
				call.setString(1, this.application);
				call.setString(2, target);
				call.setString(3, rates);
				setLong(call, 4, (duration != null) ? micros(duration) : null);
				call.setString(5, configured);
				setLong(call, 6, (this.time != null) ? this.time.getAsLong() : null);
				call.setLong(7, deadline);
				try (ResultSet rows = call.executeQuery()) {
					return kept(rows);
				}
			}
		});
	}

	private static void setLong(PreparedStatement call, int index, @Nullable Long value) throws SQLException {
		if (value != null) {
			call.setLong(index, value);
		}
		else {
			call.setNull(index, Types.BIGINT);
		}
	}

	private static Kept kept(ResultSet rows) throws SQLException {
		Instant now = Instant.EPOCH;
		List<RateOverride> overrides = new ArrayList<>();
		List<String> configured = new ArrayList<>();
		while (rows.next()) {
			now = instant(rows.getLong(1));
			String target = rows.getString(2);
			String rates = rows.getString(3);
			long expires = rows.getLong(4);
			if (target != null) {
				overrides.add(new RateOverride(target, rates, (expires > 0) ? instant(expires) : null));
			}
			else if (rates != null) {
				configured.add(rates);
			}
		}
		return new Kept(now, overrides, configured);
	}

	private static Instant instant(long micros) {
		return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
	}

	private static long micros(Duration duration) {
		return Math.max(1, duration.toSeconds() * 1_000_000 + duration.toNanosPart() / 1000);
	}

	@Override
	protected boolean isAnswer(Throwable cause) {
		String state = Refusal.state(cause);
		return !state.isEmpty() && !state.startsWith("08");
	}

}
