package dev.throttle.exactness;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import dev.throttle.Rate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Makes random traffic: of short periods in which requests often meet the very instant at
 * which others become void.
 */
final class TrafficArbitraries {

	private static final int SCOPES = 3;

	private static final int MAX_THROTTLES = 4;

	private static final int MAX_LONG_GAP = 100;

	private final long unitNanos;

	private int maxUnits = 12;

	private long minLimit = 0;

	private long maxLimit = 9;

	private int maxRates = 2;

	private int clients = 3;

	private int maxThrottles = MAX_THROTTLES;

	private int maxArrivals = 80;

	private int maxTimes = 3;

	/** How often a gap is one after which most is void. */
	private int longGaps = 1;

	private int dearPercent = 15;

	private int changePercent = 0;

	private TrafficArbitraries(long unitNanos) {
		this.unitNanos = unitNanos;
	}

	/**
	 * Return traffic under constant rates.
	 */
	static Arbitrary<Traffic> constant() {
		return ofAnyUnit((arbitraries) -> {
		});
	}

	/**
	 * Return traffic under rates that change meanwhile.
	 */
	static Arbitrary<Traffic> changing() {
		return ofAnyUnit((arbitraries) -> arbitraries.changePercent = 10);
	}

	/**
	 * Return traffic that is counted under one policy at a time.
	 */
	static Arbitrary<Traffic> single() {
		return ofAnyUnit((arbitraries) -> {
			arbitraries.maxThrottles = 1;
			arbitraries.maxRates = 1;
			arbitraries.dearPercent = 50;
			arbitraries.changePercent = 40;
		});
	}

	/**
	 * Return traffic of one client whose histories are long, and seldom void altogether.
	 */
	static Arbitrary<Traffic> crowded() {
		return ofAnyUnit((arbitraries) -> {
			arbitraries.maxUnits = 60;
			arbitraries.minLimit = 550;
			arbitraries.maxLimit = 1000;
			arbitraries.maxThrottles = 2;
			arbitraries.maxArrivals = 40;
			arbitraries.clients = 1;
			arbitraries.maxTimes = 250;
			arbitraries.longGaps = 0;
			arbitraries.changePercent = 3;
		});
	}

	private static Arbitrary<Traffic> ofAnyUnit(Consumer<TrafficArbitraries> settings) {
		return Arbitraries.of(1L, 1_000_000_000L, 333_333_333L).flatMap((unitNanos) -> {
			TrafficArbitraries arbitraries = new TrafficArbitraries(unitNanos);
			settings.accept(arbitraries);
			return arbitraries.traffic();
		});
	}

	private Arbitrary<Traffic> traffic() {
		return Combinators
			.combine(clockStart(), rates().list().ofSize(SCOPES),
					limiter().list().ofMinSize(1).ofMaxSize(this.maxThrottles),
					arrival().list().ofMinSize(this.maxArrivals / 2).ofMaxSize(this.maxArrivals))
			.as(Traffic::new);
	}

	/**
	 * A clock may show any time, and wrap around soon.
	 */
	private Arbitrary<Long> clockStart() {
		Arbitrary<Long> beforeWrap = Arbitraries.longs()
			.between(0, 100)
			.map((units) -> Long.MAX_VALUE - units * this.unitNanos);
		return Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs(), beforeWrap);
	}

	private Arbitrary<Traffic.Limiter> limiter() {
		return Combinators.combine(upTo(SCOPES - 1), percent(50)).as(Traffic.Limiter::new);
	}

	private Arbitrary<List<Rate>> rates() {
		Arbitrary<Long> limit = Arbitraries.frequencyOf(
				Tuple.of(20, Arbitraries.longs().between(Math.max(1, this.minLimit), this.maxLimit)),
				Tuple.of(1, Arbitraries.just(this.minLimit)));
		Arbitrary<Duration> period = Arbitraries.integers()
			.between(1, this.maxUnits)
			.map((units) -> Duration.ofNanos(units * this.unitNanos));
		return Combinators.combine(limit, period)
			.as(Rate::new)
			.list()
			.uniqueElements(Rate::period)
			.ofMinSize(1)
			.ofMaxSize(this.maxRates);
	}

	private Arbitrary<Traffic.Arrival> arrival() {
		Arbitrary<Integer> times = Arbitraries.integers().between(1, this.maxTimes);
		Arbitrary<Traffic.Change> change = Combinators.combine(upTo(SCOPES - 1), upTo(SCOPES - 1))
			.as(Traffic.Change::new);
		return Combinators
			.combine(gap(), upTo(this.clients - 1), cost().list().ofSize(MAX_THROTTLES), times,
					change.injectNull(1 - this.changePercent / 100.0), percent(10))
			.as(Traffic.Arrival::new);
	}

	/**
	 * Most requests cost 1, and few more than any limit.
	 */
	private Arbitrary<Long> cost() {
		return Arbitraries.frequencyOf(Tuple.of(100 - this.dearPercent, Arbitraries.just(1L)),
				Tuple.of(this.dearPercent, Arbitraries.longs().between(1, 3)),
				Tuple.of(3, Arbitraries.longs().between(1, this.maxLimit + 1)));
	}

	private Arbitrary<Traffic.Gap> gap() {
		Arbitrary<Traffic.Gap> none = Arbitraries.just(new Traffic.Gap(0, false));
		Arbitrary<Traffic.Gap> fewUnits = Arbitraries.longs().between(1, 4).map((units) -> ofUnits(units, 0));
		Arbitrary<Traffic.Gap> aroundPeriod = Combinators
			.combine(Arbitraries.longs().between(1, this.maxUnits), Arbitraries.longs().between(-1, 1))
			.as(this::ofUnits);
		Arbitrary<Traffic.Gap> aroundVoid = Arbitraries.longs()
			.between(-1, 1)
			.map((nanos) -> new Traffic.Gap(nanos, true));
		Arbitrary<Traffic.Gap> longOne = Arbitraries.longs()
			.between(this.maxUnits, MAX_LONG_GAP)
			.map((units) -> ofUnits(units, 0));
		return Arbitraries.frequencyOf(Tuple.of(6, none), Tuple.of(5, fewUnits),
				Tuple.of(2 * this.longGaps, aroundPeriod), Tuple.of(6, aroundVoid), Tuple.of(this.longGaps, longOne));
	}

	private Traffic.Gap ofUnits(long units, long more) {
		return new Traffic.Gap(Math.max(0, units * this.unitNanos + more), false);
	}

	private static Arbitrary<Integer> upTo(int max) {
		return Arbitraries.integers().between(0, max);
	}

	private static Arbitrary<Boolean> percent(int percent) {
		return upTo(99).map((random) -> random < percent);
	}

}
