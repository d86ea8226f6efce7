package dev.throttle.exactness;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.CalendarUnit;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.jspecify.annotations.Nullable;

/**
 * Makes random requests of a few clients under a few scopes, whose rates change, and the
 * times between them. Everything follows from a seed.
 */
final class FuzzTraffic {

	private static final List<Long> UNITS = List.of(1L, 7L, 1_000_000_000L, 333_333_333L, 3_600_000_000_000L);

	private static final int MAX_RATES = 4;

	private static final int MAX_UNITS = 40;

	private static final int LISTS_OF_RATES = 6;

	/** More than the longest window of the calendar, which has a month. */
	static final Duration LONGEST_CALENDAR = Duration.ofDays(32);

	private static final List<CalendarUnit> CALENDARS = List.of(CalendarUnit.HOUR, CalendarUnit.DAY, CalendarUnit.WEEK,
			CalendarUnit.MONTH);

	private static final List<ZoneId> ZONES = List.of(ZoneOffset.UTC, ZoneId.of("Europe/Berlin"),
			ZoneId.of("Asia/Kathmandu"));

	/** Boundaries, and times at which the clock changes in Berlin. */
	private static final List<Instant> TIMES = Stream
		.of("2024-02-29T18:15:00Z", "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z",
				"2026-12-31T23:00:00Z", "2029-01-01T00:00:00Z")
		.map(Instant::parse)
		.toList();

	private final Random random;

	private final long unitNanos;

	private final int maxLimit;

	private final int stepsPerChange;

	/** How many of a hundred pauses are about a period or longer. */
	private final int longPauses;

	private final List<Client> clients;

	private final List<ScopeRates> rates;

	FuzzTraffic(long seed) {
		this.random = new Random(seed);
		this.unitNanos = UNITS.get(this.random.nextInt(UNITS.size()));
		this.maxLimit = oneIn(8) ? 200 : 2 + this.random.nextInt(12);
		this.stepsPerChange = 1 + this.random.nextInt(20);
		this.longPauses = this.random.nextInt(25);
		this.clients = IntStream.rangeClosed(0, this.random.nextInt(3))
			.mapToObj((index) -> Client.user("client" + index))
			.toList();
		this.rates = IntStream.rangeClosed(0, this.random.nextInt(3))
			.mapToObj((index) -> Scope.of("scope" + index))
			.flatMap((scope) -> Stream.of(new ScopeRates(scope, false, null), new ScopeRates(scope, true, null),
					new ScopeRates(scope, oneIn(4), any(CALENDARS))))
			.toList();
	}

	long clockStart() {
		return switch (this.random.nextInt(3)) {
			case 0 -> 0;
			case 1 -> this.random.nextLong();
			default -> Long.MAX_VALUE - this.random.nextInt(500) * this.unitNanos;
		};
	}

	Instant timeOfDay() {
		return any(TIMES).minusNanos(this.random.nextInt(100) * this.unitNanos);
	}

	/**
	 * Return a time of day before or after another one, or the same.
	 */
	Instant timeOfDayNear(Instant time) {
		return time.plusNanos((this.random.nextInt(2 * MAX_UNITS) - MAX_UNITS) * this.unitNanos);
	}

	/**
	 * Return the time until the next request: often none, and often about a period.
	 */
	long pauseNanos() {
		if (this.random.nextInt(100) < this.longPauses) {
			long nanos = oneIn(10) ? this.random.nextInt(5 * MAX_UNITS) * this.unitNanos : units() * this.unitNanos;
			return Math.max(0, nanos + this.random.nextInt(3) - 1);
		}
		return switch (this.random.nextInt(5)) {
			case 0 -> this.random.nextInt(4) * this.unitNanos;
			case 1 -> this.random.nextInt(3);
			default -> 0;
		};
	}

	long longestPeriodNanos() {
		return MAX_UNITS * this.unitNanos;
	}

	boolean oneIn(int times) {
		return this.random.nextInt(times) == 0;
	}

	Client client() {
		return any(this.clients);
	}

	Scope scope() {
		return any(this.rates).scope;
	}

	/**
	 * Change rates now and then.
	 */
	void changeRates() {
		if (oneIn(this.stepsPerChange)) {
			any(this.rates).change();
		}
	}

	void changeZone() {
		any(this.rates).zone = any(ZONES);
	}

	/**
	 * Return a quota for each history of the calendar.
	 */
	List<Quota> calendars() {
		return this.rates.stream()
			.filter((ofScope) -> ofScope.calendar != null)
			.flatMap((ofScope) -> this.clients.stream().map((client) -> new Quota(client, ofScope.policies(), 1)))
			.toList();
	}

	List<QuotaGroup> groups() {
		return few(this::group);
	}

	QuotaGroup group() {
		boolean shadow = oneIn(4);
		return new QuotaGroup(few(() -> quota(shadow)), shadow);
	}

	/**
	 * Return one, or up to three.
	 */
	private <T> List<T> few(Supplier<T> supplier) {
		return Stream.generate(supplier).limit(oneIn(3) ? 1 + this.random.nextInt(3) : 1).toList();
	}

	Quota quota(boolean shadow) {
		ScopeRates ofScope = any(this.rates.stream().filter((each) -> each.shadow == shadow).toList());
		return new Quota(client(), ofScope.policies(), cost());
	}

	private long cost() {
		if (oneIn(200)) {
			return Long.MAX_VALUE;
		}
		return oneIn(3) ? 1 + this.random.nextInt(oneIn(10) ? this.maxLimit + 2 : this.maxLimit / 2 + 1) : 1;
	}

	/**
	 * Return the true cost of a reservation, often 0.
	 * @param up whether it may be more than what was reserved
	 */
	long trueCost(long reserved, boolean up) {
		return switch (this.random.nextInt(up ? 4 : 3)) {
			case 0 -> 0;
			case 1 -> reserved;
			case 2 -> this.random.nextLong(reserved);
			default -> reserved + this.random.nextInt(this.maxLimit);
		};
	}

	<T> T removeAny(List<T> list) {
		return list.remove(this.random.nextInt(list.size()));
	}

	private List<Rate> rates(@Nullable CalendarUnit calendar) {
		if (calendar != null) {
			return List.of(new Rate(limit(), calendar));
		}
		List<Rate> rates = new ArrayList<>();
		int count = 1 + this.random.nextInt(MAX_RATES);
		while (rates.size() < count) {
			Duration period = Duration.ofNanos(units() * this.unitNanos);
			if (rates.stream().noneMatch((rate) -> rate.period().equals(period))) {
				rates.add(new Rate(limit(), period));
			}
		}
		return rates;
	}

	private long limit() {
		return switch (this.random.nextInt(40)) {
			case 0 -> 0;
			case 1 -> Rate.MAX_LIMIT;
			default -> 1 + this.random.nextInt(this.maxLimit);
		};
	}

	/**
	 * Return a number of units, more often a small one.
	 */
	private long units() {
		return 1 + this.random.nextInt(1 + this.random.nextInt(MAX_UNITS));
	}

	private <T> T any(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

	/**
	 * The rates of a scope, or of its shadow, that are counted in one history.
	 */
	private final class ScopeRates {

		private final Scope scope;

		private final boolean shadow;

		private final @Nullable CalendarUnit calendar;

		private ZoneId zone = ZoneOffset.UTC;

		private @Nullable String plan;

		/** The lists that have been in force, and come back. */
		private final List<List<Rate>> known = new ArrayList<>();

		private List<Rate> inForce;

		ScopeRates(Scope scope, boolean shadow, @Nullable CalendarUnit calendar) {
			this.scope = scope;
			this.shadow = shadow;
			this.calendar = calendar;
			this.inForce = rates(calendar);
			this.known.add(this.inForce);
		}

		void change() {
			List<Rate> changed = new ArrayList<>(this.inForce);
			int place = FuzzTraffic.this.random.nextInt(changed.size());
			Rate rate = changed.get(place);
			switch (FuzzTraffic.this.random.nextInt(6)) {
				case 0 -> Collections.shuffle(changed, FuzzTraffic.this.random);
				case 1 -> changed.set(place, new Rate(limit(), rate.period(), false, this.calendar));
				case 2 -> changed.subList(0, place).clear();
				case 3 -> changed = (this.known.size() < LISTS_OF_RATES) ? rates(this.calendar) : changed;
				default -> changed = any(this.known);
			}
			this.plan = oneIn(2) ? "pro" : null;
			this.inForce = List.copyOf(changed);
			if (this.known.size() < LISTS_OF_RATES) {
				this.known.add(this.inForce);
			}
		}

		List<Policy> policies() {
			List<Policy> policies = Policy.ofScope(this.scope, oneIn(50) ? any(this.known) : this.inForce, this.zone,
					this.plan);
			return this.shadow ? policies.stream().map(Policy::asShadow).toList() : policies;
		}

	}

}
