package dev.throttle.backend.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.CalendarWindow;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;

/**
 * The arguments of one call of the server's functions: a key for each quota, and numbers.
 */
final class CallArguments {

	/**
	 * How long before its deadline the function must run to find the window of a calendar
	 * quota: longer than any timeout, and shorter than any window.
	 */
	private static final long MICROS_BEFORE_DEADLINE = 600_000_000;

	private final JdbcKeys keys;

	private final long latest;

	private final List<String> histories = new ArrayList<>();

	private final List<Integer> starts = new ArrayList<>();

	private final List<Long> numbers = new ArrayList<>();

	private long earliest;

	/**
	 * Create arguments.
	 * @param latest the time around which the boundaries of calendar quotas are, in
	 * microseconds since the epoch
	 */
	CallArguments(JdbcKeys keys, long latest) {
		this.keys = keys;
		this.latest = latest;
	}

	/**
	 * Return the first boundary that all calendar quotas know, 0 if there is none.
	 */
	long earliest() {
		return this.earliest;
	}

	/**
	 * Add a quota to decide.
	 * @param quota the quota, the longest period first
	 * @param cost its cost
	 * @param group the number of its group, negative for a shadow
	 */
	void decide(String key, Quota quota, long cost, int group) {
		begin(key);
		boolean calendar = quota.policies().get(0).isCalendar();
		int rates = quota.policies().size();
		add(Math.min(cost, Rate.MAX_LIMIT + 1), group, calendar ? -rates : rates);
		if (calendar) {
			addBoundaries(quota.policies().get(0));
		}
		for (Policy policy : quota.policies()) {
			add(policy.rate().limit());
			if (!calendar) {
				add((policy.periodNanos() + 999) / 1000);
			}
		}
	}

	private void addBoundaries(Policy policy) {
		CalendarWindow window = policy.windowAt(this.latest);
		CalendarWindow previous = policy.windowAt(this.latest - MICROS_BEFORE_DEADLINE);
		this.earliest = Math.max(this.earliest, previous.startMicros());
		add(previous.startMicros(), window.startMicros(), window.endMicros());
	}

	/**
	 * Add a settlement that gives permits back.
	 */
	void giveBack(Settlement settlement) {
		begin(this.keys.key(settlement.quota()));
		long recordedAt = settlement.outcome().recordedAt();
		add(0, recordedAt, settlement.quota().cost(), -settlement.difference());
		Policy policy = settlement.quota().policies().get(0);
		if (policy.isCalendar()) {
			CalendarWindow window = policy.windowAt(recordedAt);
			add(window.startMicros(), window.endMicros());
		}
		else {
			add(0, 0);
		}
	}

	private void begin(String key) {
		this.histories.add(key);
		this.starts.add(this.numbers.size() + 1);
	}

	private void add(long... values) {
		for (long value : values) {
			this.numbers.add(value);
		}
	}

	/**
	 * Set keys, starts, numbers and locks as parameters of a call.
	 * @param index the index of the first one
	 * @return the index after the last one
	 */
	int bind(PreparedStatement call, int index) throws SQLException {
		int at = index;
		call.setArray(at++, call.getConnection().createArrayOf("text", this.histories.toArray()));
		call.setString(at++, array(this.starts));
		call.setString(at++, array(this.numbers));
		call.setString(at++, array(this.keys.locks(this.histories)));
		return at;
	}

	/**
	 * Return whether there is one quota to decide, with one rate that is not of the
	 * calendar.
	 */
	boolean isOneSlidingRate() {
		return this.histories.size() == 1 && this.numbers.get(2) == 1;
	}

	/**
	 * Set key, cost, limit, period and lock of the only quota as parameters of a call.
	 * @param index the index of the first one
	 */
	void bindOneSlidingRate(PreparedStatement call, int index) throws SQLException {
		String key = this.histories.get(0);
		call.setString(index, key);
		call.setLong(index + 1, this.numbers.get(0));
		call.setLong(index + 2, this.numbers.get(3));
		call.setLong(index + 3, this.numbers.get(4));
		call.setLong(index + 4, this.keys.lock(key));
	}

	/**
	 * Return numbers as an array of PostgreSQL.
	 */
	static String array(List<? extends Number> numbers) {
		StringBuilder array = new StringBuilder("{");
		for (Number number : numbers) {
			array.append((array.length() > 1) ? "," : "").append(number);
		}
		return array.append('}').toString();
	}

}
