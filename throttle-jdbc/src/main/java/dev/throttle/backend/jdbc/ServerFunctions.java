package dev.throttle.backend.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

import javax.sql.DataSource;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.remote.MergedGroup;
import dev.throttle.backend.remote.ServerClock;
import org.jspecify.annotations.Nullable;

/**
 * Calls the server's functions, each in one round trip and a transaction of its own. A
 * call does nothing after its deadline on the server's clock, and its answer is not
 * awaited much longer: the connection is then broken.
 */
final class ServerFunctions {

	/** How long after the deadline the server may take to say that it has passed. */
	private static final int GRACE_MILLIS = 25;

	/** The index of the parameter after those that all calls have. */
	private static final int FIRST_ARGUMENT = 5;

	private static final List<Settlement.Result> RESULTS = List.of(Settlement.Result.GONE, Settlement.Result.SETTLED,
			Settlement.Result.STANDS);

	private static final Quota PROBE = new Quota(Client.of("probe", ""), Policy.of("probe", Rate.parse("1000000/s")));

	private final DataSource dataSource;

	private final JdbcKeys keys;

	private final @Nullable LongSupplier time;

	private final String record;

	private final String decide;

	private final String settle;

	private final String forget;

	private final String sweep;

	private final String readTime;

	private volatile @Nullable ServerClock clock;

	/**
	 * Create functions.
	 * @param time the time to use in place of the server's, null to use the server's
	 */
	ServerFunctions(DataSource dataSource, String tablePrefix, JdbcKeys keys, @Nullable LongSupplier time) {
		this.dataSource = dataSource;
		this.keys = keys;
		this.time = time;
		this.record = "SELECT " + tablePrefix + "record(?, ?, ?, ?, ?, ?, ?, ?, ?)";
		this.decide = "SELECT " + tablePrefix
				+ "decide(?, ?, ?, ?, ?, CAST(? AS integer[]), CAST(? AS bigint[]), CAST(? AS bigint[]), ?)";
		this.settle = "SELECT " + tablePrefix
				+ "settle(?, ?, ?, ?, ?, CAST(? AS integer[]), CAST(? AS bigint[]), CAST(? AS bigint[]))";
		this.forget = "SELECT " + tablePrefix + "forget(?, CAST(? AS bigint[]), ?)";
		this.sweep = "SELECT " + tablePrefix + "sweep(?, ?, ?)";
		this.readTime = "SELECT " + tablePrefix + "now()";
	}

	/**
	 * Decide a request.
	 */
	List<Outcome> decide(DecideCall call, long deadlineNanos) throws SQLException, TimeoutException {
		return call.outcomes(decide((latest) -> call.arguments(this.keys, latest), call.record(), deadlineNanos));
	}

	private Long[] decide(LongFunction<CallArguments> arguments, boolean record, long deadlineNanos)
			throws SQLException, TimeoutException {
		return within(deadlineNanos, (connection) -> call(connection, arguments, (sent) -> {
			if (record && sent.isOneSlidingRate()) {
				PreparedStatement call = connection.prepareStatement(this.record);
				sent.bindOneSlidingRate(call, FIRST_ARGUMENT);
				return call;
			}
			PreparedStatement call = connection.prepareStatement(this.decide);
			int at = sent.bind(call, FIRST_ARGUMENT);
			call.setInt(at, record ? 1 : 0);
			return call;
		}, deadlineNanos));
	}

	/**
	 * Settle quotas whose true cost differs from the reserved one.
	 */
	List<Settlement.Result> settle(List<Settlement> settlements, long deadlineNanos)
			throws SQLException, TimeoutException {
		Long[] answer = within(deadlineNanos,
				(connection) -> call(connection, (latest) -> arguments(settlements, latest), (sent) -> {
					PreparedStatement call = connection.prepareStatement(this.settle);
					sent.bind(call, FIRST_ARGUMENT);
					return call;
				}, deadlineNanos));
		return Arrays.stream(answer).skip(1).map((result) -> RESULTS.get(result.intValue())).toList();
	}

	private CallArguments arguments(List<Settlement> settlements, long latest) {
		CallArguments arguments = new CallArguments(this.keys, latest);
		for (Settlement each : settlements) {
			if (each.difference() < 0) {
				arguments.giveBack(each);
			}
			else {
				Quota debt = MergedGroup.of(new QuotaGroup(List.of(each.quota()))).quotas().get(0);
				arguments.decide(this.keys.key(debt), debt, each.difference(), 1);
			}
		}
		return arguments;
	}

	/**
	 * Call a function with the time, the earliest time and the deadline. If the server's
	 * clock has been set, so that it is not within them, call it once more.
	 * @return the answer, which begins with the time
	 */
	private Long[] call(Connection connection, LongFunction<CallArguments> arguments, Function function,
			long deadlineNanos) throws SQLException, TimeoutException {
		Long[] answer = callOnce(connection, arguments, function, deadlineNanos);
		if (answer.length == 1) {
			answer = callOnce(connection, arguments, function, deadlineNanos);
		}
		if (answer.length == 1) {
			throw new TimeoutException("the deadline passed on the server's clock");
		}
		return answer;
	}

	private Long[] callOnce(Connection connection, LongFunction<CallArguments> arguments, Function function,
			long deadlineNanos) throws SQLException, TimeoutException {
		int patience = millisUntil(deadlineNanos);
		long deadline = serverTime(connection, deadlineNanos);
		CallArguments sent = arguments.apply((this.time != null) ? this.time.getAsLong() : deadline);
		try (PreparedStatement call = function.prepare(sent)) {
			if (this.time != null) {
				call.setLong(1, this.time.getAsLong());
			}
			else {
				call.setNull(1, Types.BIGINT);
			}
			call.setLong(2, sent.earliest());
			call.setLong(3, deadline);
			call.setString(4, Integer.toString(patience));
			try (ResultSet result = call.executeQuery()) {
				result.next();
				Long[] answer = (Long[]) result.getArray(1).getArray();
				if (Arrays.asList(answer).contains(null)) {
					throw new SQLDataException("the answer contains null", "22004");
				}
				read(answer[0]);
				return answer;
			}
		}
	}

	/**
	 * Return the server's clock, which is read if it is not known.
	 */
	private ServerClock clock(Connection connection) throws SQLException {
		ServerClock known = this.clock;
		if (known != null) {
			return known;
		}
		try (PreparedStatement call = connection.prepareStatement(this.readTime);
				ResultSet result = call.executeQuery()) {
			result.next();
			ServerClock clock = new ServerClock(result.getLong(1), System.nanoTime());
			this.clock = clock;
			return clock;
		}
	}

	private void read(long serverMicros) {
		ServerClock clock = this.clock;
		if (clock != null) {
			clock.read(serverMicros, System.nanoTime());
		}
	}

	/**
	 * Forget the server's clock, because another server may take its place.
	 */
	void forgetClock() {
		this.clock = null;
	}

	/**
	 * Convert a time of this process to the server's clock.
	 * @return the time in microseconds since the epoch; the latest there is if another
	 * time is used in place of the server's
	 */
	long serverTime(Connection connection, long nanoTime) throws SQLException {
		return (this.time != null) ? Long.MAX_VALUE : clock(connection).at(nanoTime);
	}

	/**
	 * Delete histories.
	 */
	void forget(Collection<String> keys, long deadlineNanos) throws SQLException, TimeoutException {
		within(deadlineNanos, (connection) -> {
			try (PreparedStatement call = connection.prepareStatement(this.forget)) {
				call.setArray(1, connection.createArrayOf("text", keys.toArray()));
				call.setString(2, CallArguments.array(this.keys.locks(keys)));
				call.setString(3, Integer.toString(millisUntil(deadlineNanos)));
				return call.execute();
			}
		});
	}

	/**
	 * Delete some histories that are void.
	 * @param most how many
	 * @return how many rows were deleted
	 */
	int sweep(int most, long deadlineNanos) throws SQLException, TimeoutException {
		return within(deadlineNanos, (connection) -> {
			long now = (this.time != null) ? this.time.getAsLong() : clock(connection).at(System.nanoTime());
			try (PreparedStatement call = connection.prepareStatement(this.sweep)) {
				call.setLong(1, this.keys.sweepLock());
				call.setLong(2, now);
				call.setInt(3, most);
				try (ResultSet result = call.executeQuery()) {
					result.next();
					return result.getInt(1);
				}
			}
		});
	}

	/**
	 * Ask the server whether it can decide.
	 * @param record whether it must be able to write
	 */
	void probe(boolean record, long deadlineNanos) throws SQLException, TimeoutException {
		decide((latest) -> {
			CallArguments arguments = new CallArguments(this.keys, latest);
			arguments.decide(this.keys.probe(), PROBE, 1, 1);
			return arguments;
		}, record, deadlineNanos);
	}

	/**
	 * Do something on a connection, which must not take much longer than the deadline.
	 * The connection is left as it was, as the pool may not see to it.
	 */
	<T> T within(long deadlineNanos, Work<T> work) throws SQLException, TimeoutException {
		millisUntil(deadlineNanos);
		try (Connection connection = this.dataSource.getConnection()) {
			int networkTimeout = connection.getNetworkTimeout();
			boolean autoCommit = connection.getAutoCommit();
			connection.setNetworkTimeout(Runnable::run, millisUntil(deadlineNanos) + GRACE_MILLIS);
			if (!autoCommit) {
				connection.setAutoCommit(true);
			}
			try {
				return work.on(connection);
			}
			finally {
				if (!connection.isClosed()) {
					connection.setNetworkTimeout(Runnable::run, networkTimeout);
					if (!autoCommit) {
						connection.setAutoCommit(false);
					}
				}
			}
		}
	}

	private static int millisUntil(long deadlineNanos) throws TimeoutException {
		long left = deadlineNanos - System.nanoTime();
		if (left <= 0) {
			throw new TimeoutException("the deadline passed before the call was sent");
		}
		return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
	}

	/**
	 * Work on a connection.
	 *
	 * @param <T> the type of its result
	 */
	interface Work<T> {

		T on(Connection connection) throws SQLException, TimeoutException;

	}

	/**
	 * A function whose first parameters are the time, the earliest time, the deadline and
	 * the patience.
	 */
	private interface Function {

		/**
		 * Prepare a call and set the parameters after these.
		 */
		PreparedStatement prepare(CallArguments arguments) throws SQLException;

	}

}
