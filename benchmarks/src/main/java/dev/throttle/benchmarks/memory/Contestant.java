package dev.throttle.benchmarks.memory;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import com.google.common.util.concurrent.RateLimiter;
import dev.throttle.CalendarUnit;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.benchmarks.memory.EngineLimiter.Extra;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.local.LocalBucketBuilder;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;

/**
 * What is compared.
 */
public enum Contestant {

	FLOOR("floor: `ConcurrentHashMap.get` and `nanoTime`"),

	MAP("`ConcurrentHashMap.get` alone"),

	THROTTLE("Throttle, `MemoryCacheBackend`"),

	THROTTLE_TWO_RATES("Throttle, two rates of the scope"),

	THROTTLE_CALENDAR("Throttle, a rate of the calendar"),

	ENGINE("Throttle, engine and throttles"),

	ENGINE_WITH_METRICS("Throttle, engine, throttles and metrics"),

	ENGINE_WITH_PLAN("Throttle, engine, throttles and the client's plan"),

	ENGINE_WITH_OTHER_PLAN("Throttle, engine, throttles and a plan that does not name the scope"),

	BUCKET4J_CAFFEINE("Bucket4j behind Caffeine"),

	BUCKET4J_MAP("Bucket4j behind a map"),

	RESILIENCE4J_CAFFEINE("Resilience4j behind Caffeine"),

	RESILIENCE4J_MAP("Resilience4j behind a map"),

	GUAVA("Guava behind a map"),

	DRF("DRF's algorithm behind a map"),

	RING("a plain ring of instants behind a map");

	static final List<Contestant> ALL = List.of(values());

	private final String title;

	Contestant(String title) {
		this.title = title;
	}

	String title() {
		return this.title;
	}

	boolean decidesNothing() {
		return this == FLOOR || this == MAP;
	}

	/**
	 * Make a limiter.
	 * @param clients the clients that it knows beforehand, where it can
	 * @param rates the rates of a scope, of which the clients have one list in turns
	 * @param scopes how many scopes are asked for, all with these rates
	 */
	Limiter limiter(Client[] clients, List<List<Rate>> rates, int scopes) {
		return switch (this) {
			case FLOOR -> new Floor(clients, true);
			case MAP -> new Floor(clients, false);
			case THROTTLE -> (scopes == 1) ? new BackendLimiter(rates) : new BackendLimiter.Several(rates, scopes);
			case THROTTLE_TWO_RATES ->
				new BackendLimiter(rates.stream().map((each) -> Scenario.several(each.get(0), 2)).toList());
			case THROTTLE_CALENDAR ->
				new BackendLimiter(List.of(List.of(new Rate(Rate.MAX_LIMIT, CalendarUnit.MONTH))));
			case ENGINE -> new EngineLimiter(rates, scopes, Extra.NONE);
			case ENGINE_WITH_METRICS -> new EngineLimiter(rates, scopes, Extra.METRICS);
			case ENGINE_WITH_PLAN -> new EngineLimiter(rates, scopes, Extra.PLAN);
			case ENGINE_WITH_OTHER_PLAN -> new EngineLimiter(rates, scopes, Extra.OTHER_PLAN);
			case BUCKET4J_CAFFEINE -> bucket4j(Lookup.Kind.CAFFEINE, clients, rates);
			case BUCKET4J_MAP -> bucket4j(Lookup.Kind.MAP, clients, rates);
			case RESILIENCE4J_CAFFEINE -> resilience4j(Lookup.Kind.CAFFEINE, clients, rates);
			case RESILIENCE4J_MAP -> resilience4j(Lookup.Kind.MAP, clients, rates);
			case GUAVA -> ofOneRate(Lookup.Kind.MAP, clients, rates, Contestant::guava, RateLimiter::tryAcquire);
			case DRF -> ofOneRate(Lookup.Kind.MAP, clients, rates, DrfLog::new, DrfLog::allow);
			case RING -> ofOneRate(Lookup.Kind.MAP, clients, rates, PlainRing::new, PlainRing::allow);
		};
	}

	private static <T> Limiter ofOneRate(Lookup.Kind kind, Client[] clients, List<List<Rate>> rates,
			Function<Rate, T> factory, Predicate<T> question) {
		return new MapLimiter<>(Lookup.of(kind, clients, rates, (each) -> factory.apply(each.get(0))), question);
	}

	private static Limiter bucket4j(Lookup.Kind kind, Client[] clients, List<List<Rate>> rates) {
		return new MapLimiter<>(Lookup.of(kind, clients, rates, Contestant::bucket), (bucket) -> bucket.tryConsume(1));
	}

	private static Bucket bucket(List<Rate> rates) {
		LocalBucketBuilder builder = Bucket.builder().withNanosecondPrecision();
		for (Rate rate : rates) {
			builder.addLimit((limit) -> limit.capacity(rate.limit()).refillGreedy(rate.limit(), rate.period()));
		}
		return builder.build();
	}

	private static Limiter resilience4j(Lookup.Kind kind, Client[] clients, List<List<Rate>> rates) {
		return ofOneRate(kind, clients, rates, Contestant::resilience4j, AtomicRateLimiter::acquirePermission);
	}

	private static AtomicRateLimiter resilience4j(Rate rate) {
		return new AtomicRateLimiter("user",
				RateLimiterConfig.custom()
					.limitForPeriod((int) rate.limit())
					.limitRefreshPeriod(rate.period())
					.timeoutDuration(Duration.ZERO)
					.build());
	}

	private static RateLimiter guava(Rate rate) {
		return RateLimiter.create(rate.limit() / (rate.period().toNanos() / 1e9));
	}

}
