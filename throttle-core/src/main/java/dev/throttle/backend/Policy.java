package dev.throttle.backend;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.throttle.CalendarUnit;
import dev.throttle.CalendarWindow;
import dev.throttle.Rate;
import dev.throttle.Scope;
import org.jspecify.annotations.Nullable;

/**
 * One rate of a scope, and the name under which it is reported. All rates of a scope with
 * sliding windows are counted in one history of each client, and each rate of the
 * calendar in a history of its own.
 *
 * @since 1.0.0
 */
public final class Policy {

	/** Marks the history of a shadow; no scope's key begins like this. */
	private static final String SHADOW_KEY = "~";

	private final Scope scope;

	private final String name;

	private final String historyKey;

	private final Rate rate;

	private final String limitText;

	private final long periodNanos;

	private final ZoneId zone;

	private final @Nullable String plan;

	private final boolean shadow;

	private volatile @Nullable CalendarWindow window;

	private Policy(Scope scope, String name, Rate rate, ZoneId zone, @Nullable String plan, boolean shadow) {
		this.scope = scope;
		this.name = name;
		this.rate = Objects.requireNonNull(rate, "'rate' must not be null");
		this.historyKey = historyKey(scope, rate.calendar(), shadow);
		this.limitText = Long.toString(rate.limit());
		this.periodNanos = rate.period().toNanos();
		this.zone = Objects.requireNonNull(zone, "'zone' must not be null");
		this.plan = plan;
		this.shadow = shadow;
	}

	/**
	 * Return a policy with the name of its scope.
	 * @param name the name, a valid {@linkplain Scope scope}
	 * @param rate the rate, with windows of the calendar in UTC
	 * @return the policy
	 * @throws IllegalArgumentException if the name is not a valid scope
	 */
	public static Policy of(String name, Rate rate) {
		return new Policy(Scope.of(name), name, rate, ZoneOffset.UTC, null, false);
	}

	/**
	 * Return the policies of a scope as {@link #ofScope(Scope, List, ZoneId, String)}
	 * does, with windows of the calendar in UTC.
	 * @param scope the scope
	 * @param rates the rates of the scope, no two with the same window
	 * @return the policies in the order of the rates
	 * @throws IllegalArgumentException if two rates have the same window
	 */
	public static List<Policy> ofScope(Scope scope, List<Rate> rates) {
		return ofScope(scope, rates, ZoneOffset.UTC, null);
	}

	/**
	 * Return the policies of a scope: the first one has the scope's name, and the others
	 * add their window, as in {@code user} and {@code user-day}.
	 * @param scope the scope
	 * @param rates the rates of the scope, no two with the same window
	 * @param zone the time zone of the calendar
	 * @param plan the plan whose clients have these rates, null for the usual rates
	 * @return the policies in the order of the rates
	 * @throws IllegalArgumentException if two rates have the same window
	 */
	public static List<Policy> ofScope(Scope scope, List<Rate> rates, ZoneId zone, @Nullable String plan) {
		List<Policy> policies = new ArrayList<>(rates.size());
		for (Rate rate : rates) {
			if (policies.stream().anyMatch((policy) -> policy.rate().periodText().equals(rate.periodText()))) {
				throw new IllegalArgumentException("Two rates of the scope '" + scope + "' have the period '"
						+ rate.periodText() + "'; keep the lower one");
			}
			String name = policies.isEmpty() ? scope.name() : scope + "-" + rate.periodText();
			policies.add(new Policy(scope, name, rate, zone, plan, false));
		}
		return List.copyOf(policies);
	}

	/**
	 * Return the keys of all histories that a client may have under a scope.
	 * @param scope the scope
	 * @return the keys
	 */
	public static List<String> historyKeys(Scope scope) {
		List<String> keys = new ArrayList<>();
		for (boolean shadow : new boolean[] { false, true }) {
			keys.add(historyKey(scope, null, shadow));
			for (CalendarUnit unit : CalendarUnit.values()) {
				keys.add(historyKey(scope, unit, shadow));
			}
		}
		return List.copyOf(keys);
	}

	private static String historyKey(Scope scope, @Nullable CalendarUnit calendar, boolean shadow) {
		return (shadow ? SHADOW_KEY : "") + scope.key() + ((calendar != null) ? "/" + calendar : "");
	}

	/**
	 * Return the scope of the rate.
	 * @return the scope
	 */
	public Scope scope() {
		return this.scope;
	}

	/**
	 * Return the name under which the policy is reported.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the key that identifies a history of a client: the {@linkplain Scope#key()
	 * scope's key}, after a tilde if this policy is a {@linkplain #isShadow() shadow},
	 * and before a slash and the unit if its window is one of the calendar.
	 * @return the key, the same for all rates of the scope that have sliding windows
	 */
	public String historyKey() {
		return this.historyKey;
	}

	/**
	 * Return the rate.
	 * @return the rate
	 */
	public Rate rate() {
		return this.rate;
	}

	/**
	 * Return the limit of the rate as text. It is made once, because it is in a header of
	 * every response.
	 * @return the limit in decimal digits
	 */
	public String limitText() {
		return this.limitText;
	}

	/**
	 * Return the length of the rate's window.
	 * @return the period in nanoseconds, from 1 to 36500 days
	 */
	public long periodNanos() {
		return this.periodNanos;
	}

	/**
	 * Return whether the window is one of the calendar: it is counted from one boundary
	 * to the next, in one number.
	 * @return whether it is, instead of a sliding one
	 */
	public boolean isCalendar() {
		return this.rate.calendar() != null;
	}

	/**
	 * Return the window of the calendar that contains a time.
	 * @param micros the time in microseconds since the epoch
	 * @return the window
	 * @throws IllegalStateException if the window is a sliding one
	 */
	public CalendarWindow windowAt(long micros) {
		CalendarWindow known = this.window;
		if (known != null && known.contains(micros)) {
			return known;
		}
		CalendarUnit unit = this.rate.calendar();
		if (unit == null) {
			throw new IllegalStateException("The rate " + this.rate + " has no window of the calendar");
		}
		CalendarWindow current = unit.windowAt(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), this.zone);
		this.window = current;
		return current;
	}

	/**
	 * Return the time zone of the calendar.
	 * @return the zone
	 */
	public ZoneId zone() {
		return this.zone;
	}

	/**
	 * Return the plan whose clients have this rate.
	 * @return the plan, null for a usual rate
	 */
	public @Nullable String plan() {
		return this.plan;
	}

	/**
	 * Return whether this policy is a shadow: decided and measured, but never enforced.
	 * @return whether it is a shadow
	 */
	public boolean isShadow() {
		return this.shadow;
	}

	/**
	 * Return this policy as a shadow. Shadows have a history of their own: it lacks the
	 * requests that they would have denied, which the enforced rates admit and count.
	 * @return the shadow, of the same name and rate
	 */
	public Policy asShadow() {
		return this.shadow ? this : new Policy(this.scope, this.name, this.rate, this.zone, this.plan, true);
	}

	@Override
	public boolean equals(Object other) {
		return this == other || other instanceof Policy that && this.scope.equals(that.scope)
				&& this.name.equals(that.name) && this.rate.equals(that.rate) && this.zone.equals(that.zone)
				&& Objects.equals(this.plan, that.plan) && this.shadow == that.shadow;
	}

	@Override
	public int hashCode() {
		return 31 * this.name.hashCode() + this.rate.hashCode();
	}

	@Override
	public String toString() {
		return this.name + " (" + this.rate + ((this.plan != null) ? ", plan " + this.plan : "")
				+ (this.shadow ? ", shadow)" : ")");
	}

}
