package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what the script decides with counting over a plain log: over several histories
 * at once, whatever requests cost, one or several in a call, while rates change and the
 * clock steps back.
 */
class RedisExactnessPropertyTests {

	private static final int HISTORIES = 3;

	private static final long SECOND = 1_000_000;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final RedisKeys KEYS = new RedisKeys("throttle", null);

	private static final AtomicLong micros = new AtomicLong();

	private static RedisCacheBackend backend;

	private static ScriptSender sender;

	private static RedisConnector connector;

	@BeforeContainer
	static void open() {
		backend = RedisCacheBackend.builder(RedisFixture.connector(), MemoryCacheBackend.builder().build())
			.time(micros::get)
			.timeout(PATIENCE)
			.knownDenials(Duration.ZERO)
			.build();
		connector = RedisFixture.connector();
		LettuceConnection connection = connector.connect().join();
		sender = new DecideScript(connection, new ServerClocks(connection), micros::get);
	}

	@AfterContainer
	static void close() {
		backend.close();
		connector.close();
	}

	@Property(tries = 60, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
	void outcomesAreThoseOfAPlainLog(@ForAll("requests") List<Request> requests) {
		micros.set(1_700_000_000 * SECOND);
		String unique = UUID.randomUUID().toString();
		Map<Integer, PlainLog> logs = new HashMap<>();
		for (Request request : requests) {
			micros.addAndGet(request.passed());
			for (int i = 0; i < request.times(); i++) {
				List<QuotaGroup> groups = request.groups(unique);
				List<Outcome> expected = expect(request, request.peek(), logs);
				assertThat(request.peek() ? backend.peek(groups.get(0)) : backend.decide(groups))
					.usingRecursiveFieldByFieldElementComparatorIgnoringFields("decidedAt")
					.isEqualTo(expected);
			}
		}
	}

	@Property(tries = 60, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
	void outcomesOfRequestsThatShareACallAreThoseOfAPlainLog(@ForAll("requests") List<Request> requests,
			@ForAll @IntRange(min = 2, max = 9) int together) {
		micros.set(1_700_000_000 * SECOND);
		String unique = UUID.randomUUID().toString();
		Map<Integer, PlainLog> logs = new HashMap<>();
		for (int from = 0; from < requests.size(); from += together) {
			List<Request> shared = requests.subList(from, Math.min(from + together, requests.size()));
			micros.addAndGet(shared.get(0).passed());
			List<ScriptCall.Request> sent = new ArrayList<>();
			List<List<Outcome>> expected = new ArrayList<>();
			for (Request request : shared) {
				sent.add(ScriptCall.Request.of(request.groups(unique), true, KEYS));
				expected.add(expect(request, false, logs));
			}
			assertThat(sender.send(sent, System.nanoTime() + PATIENCE.toNanos()).join())
				.extracting(ScriptCall.Answer::outcomes)
				.usingRecursiveComparison()
				.ignoringFields("decidedAt")
				.isEqualTo(expected);
		}
	}

	private static List<Outcome> expect(Request request, boolean peek, Map<Integer, PlainLog> logs) {
		List<Outcome> expected = new ArrayList<>();
		boolean denied = false;
		for (AskedGroup group : peek ? request.groups().subList(0, 1) : request.groups()) {
			boolean record = !peek && !(group.isShadow() && denied);
			List<Outcome> outcomes = expect(group.quotas(), request.rates(), record, logs);
			expected.addAll(outcomes);
			denied |= !group.isShadow() && !outcomes.stream().allMatch(Outcome::isAllowed);
		}
		return expected;
	}

	private static List<Outcome> expect(List<Asked> group, List<Rate> rates, boolean record,
			Map<Integer, PlainLog> logs) {
		long now = micros.get();
		Map<Integer, Long> totals = new HashMap<>();
		group.forEach((one) -> totals.merge(one.history(), one.cost(), Long::sum));
		boolean all = true;
		List<Outcome> before = new ArrayList<>();
		for (Asked one : group) {
			PlainLog log = logs.computeIfAbsent(one.history(), (history) -> new PlainLog());
			log.count(rates.get(one.history()), now);
			before.add(log.outcome(totals.get(one.history())));
			all &= before.get(before.size() - 1).isAllowed();
		}
		if (!all || !record) {
			return before;
		}
		group.forEach((one) -> logs.get(one.history()).add(one.cost(), now));
		return group.stream()
			.map((one) -> logs.get(one.history()))
			.map((log) -> new Outcome(true, log.remaining(), 0, log.resetNanos(), null))
			.toList();
	}

	@Provide
	Arbitrary<List<Request>> requests() {
		Arbitrary<Long> passed = Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just(0L)),
				Tuple.of(8, Arbitraries.longs().between(0, 5).map((seconds) -> seconds * SECOND)),
				Tuple.of(4, Arbitraries.longs().between(-3, 4 * SECOND)),
				Tuple.of(1, Arbitraries.longs().between(-20, 60).map((seconds) -> seconds * SECOND)));
		Arbitrary<Rate> rate = Combinators
			.combine(Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.longs().between(0, 9)),
					Tuple.of(3, Arbitraries.longs().between(10, 120))), Arbitraries.of(20L, 20L, 20L, 30L, 60L))
			.as((limit, seconds) -> new Rate(limit, Duration.ofSeconds(seconds)));
		Arbitrary<Asked> asked = Combinators.combine(Arbitraries.integers().between(0, HISTORIES - 1),
				Arbitraries.frequencyOf(Tuple.of(8, Arbitraries.just(1L)),
						Tuple.of(2, Arbitraries.longs().between(1, 12)),
						Tuple.of(1, Arbitraries.longs().between(1, 130))))
			.as(Asked::new);
		Arbitrary<AskedGroup> group = Combinators
			.combine(asked.list().ofMinSize(1).ofMaxSize(4), Arbitraries.of(false, false, true))
			.as(AskedGroup::new);
		Arbitrary<List<AskedGroup>> groups = Arbitraries.frequencyOf(
				Tuple.of(3, asked.map((one) -> List.of(new AskedGroup(List.of(one), false)))),
				Tuple.of(1, group.list().ofMinSize(1).ofMaxSize(3)));
		return rate.list().ofSize(HISTORIES).list().ofSize(3).flatMap((rates) -> {
			Arbitrary<List<Rate>> mostlyTheFirst = Arbitraries.frequencyOf(Tuple.of(20, Arbitraries.just(rates.get(0))),
					Tuple.of(1, Arbitraries.just(rates.get(1))), Tuple.of(1, Arbitraries.just(rates.get(2))));
			return Combinators
				.combine(passed, groups, Arbitraries.integers().between(1, 12), mostlyTheFirst,
						Arbitraries.of(false, false, false, true))
				.as(Request::new)
				.list()
				.ofMinSize(30)
				.ofMaxSize(120);
		});
	}

	/**
	 * Requests at one instant.
	 */
	record Request(long passed, List<AskedGroup> groups, int times, List<Rate> rates, boolean peek) {

		List<QuotaGroup> groups(String unique) {
			return this.groups.stream()
				.map((asked) -> new QuotaGroup(
						asked.quotas().stream().map((one) -> one.quota(unique, this.rates.get(one.history()))).toList(),
						asked.isShadow()))
				.toList();
		}

	}

	record AskedGroup(List<Asked> quotas, boolean isShadow) {
	}

	record Asked(int history, long cost) {

		Quota quota(String unique, Rate rate) {
			return new Quota(Client.of("exactness", unique, ""), Policy.of("history-" + history(), rate), cost());
		}

	}

	/**
	 * Its clock is set ahead where that of the server steps back behind the newest entry.
	 * Entries that are void are gone when the next is added, the period changes or the
	 * clock is set: until then a clock that steps back makes them count again.
	 */
	private static final class PlainLog {

		private List<long[]> entries = new ArrayList<>();

		private List<long[]> live = List.of();

		private Rate rate;

		private long ahead;

		private long time;

		void count(Rate rate, long now) {
			long newest = this.entries.isEmpty() ? now : this.entries.get(this.entries.size() - 1)[0];
			boolean steppedBack = now + this.ahead < newest;
			this.ahead = this.entries.isEmpty() ? 0 : Math.max(this.ahead, newest - now);
			this.time = now + this.ahead;
			long period = Math.min(periodMicros(rate), (this.rate != null) ? periodMicros(this.rate) : Long.MAX_VALUE);
			this.live = new ArrayList<>(this.entries);
			this.live.removeIf((entry) -> this.time - entry[0] >= period);
			if (steppedBack || (this.rate != null && periodMicros(rate) != periodMicros(this.rate))) {
				this.entries = this.live;
			}
			this.rate = rate;
		}

		void add(long cost, long now) {
			if (this.live.isEmpty()) {
				this.ahead = 0;
				this.time = now;
			}
			this.live.add(new long[] { this.time, cost });
			this.entries = this.live;
		}

		Outcome outcome(long cost) {
			boolean allowed = used() + cost <= this.rate.limit();
			return new Outcome(allowed, remaining(), allowed ? 0 : waitNanos(cost), resetNanos(), null);
		}

		long remaining() {
			return Math.max(0, this.rate.limit() - used());
		}

		private long waitNanos(long cost) {
			return (cost > this.rate.limit()) ? Outcome.NEVER : untilFree(used() - this.rate.limit() + cost);
		}

		long resetNanos() {
			if (this.rate.limit() == 0) {
				return this.rate.period().toNanos();
			}
			return this.live.isEmpty() ? 0 : untilFree(Math.max(1, used() - this.rate.limit() + 1));
		}

		private long untilFree(long permits) {
			long sum = 0;
			for (long[] entry : this.live) {
				sum += entry[1];
				if (sum >= permits) {
					return (entry[0] + periodMicros(this.rate) - this.time) * 1000;
				}
			}
			throw new AssertionError("There are never " + permits + " permits in the log");
		}

		private long used() {
			return this.live.stream().mapToLong((entry) -> entry[1]).sum();
		}

		private static long periodMicros(Rate rate) {
			return rate.period().toNanos() / 1000;
		}

	}

}
