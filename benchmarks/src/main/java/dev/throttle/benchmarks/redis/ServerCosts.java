package dev.throttle.benchmarks.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.throttle.backend.Policy;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.redis.DecideCalls;
import dev.throttle.benchmarks.Budgets;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;
import io.lettuce.core.api.sync.RedisCommands;

/**
 * What decisions take of the server: its own time for them, and bytes.
 */
final class ServerCosts {

	private static final Pattern MICROS = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+),usec=(\\d+)");

	private static final String TWO_RATES = "Throttle, limit 100, two rates of the scope";

	private static final int CALLS = 5000;

	private static final int BATCH = 64;

	/** As many entries a history has that is one string without a ring. */
	private static final int SHORT_LOG = 16;

	private static final int[] LIMITS = { 100, 1000, 10_000, 100_000 };

	private static final int[] LIMITS_OF_OTHERS = { 100, 1000, 10_000 };

	private static final int[] LIMITS_OF_BYTES = { 10, 100, 1000, 10_000 };

	private static final int[] LATER_ENTRIES = { 0, 10, 100, 1000, Settlement.MAX_LATER_ENTRIES };

	private static final int SETTLEMENTS = 1000;

	private static final long NOW = 1_800_000_000_000_000L;

	private static final long PERIOD_MICROS = Limiters.PERIOD.toNanos() / 1000;

	private static final Duration SHORT = Duration.ofSeconds(2);

	private final Limiters limiters;

	private final Budgets budgets;

	private final RedisCommands<String, String> commands;

	/**
	 * Create costs.
	 * @param budgets told what comes of those that have one
	 */
	ServerCosts(Limiters limiters, Budgets budgets) {
		this.limiters = limiters;
		this.budgets = budgets;
		this.commands = limiters.connection().sync();
	}

	String serverVersion() {
		Matcher version = Pattern.compile("redis_version:(\\S+)").matcher(this.commands.info("server"));
		return version.find() ? version.group(1) : "of unknown version";
	}

	/**
	 * Measure calls that record, that record while the oldest entry is void, and that
	 * deny.
	 */
	Table calls(Rounds rounds) throws Exception {
		Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
		contestants.put("EVALSHA \"return 1\"", () -> new double[] {
				micros(CALLS, (i) -> this.limiters.emptyScript().ask(i)), Double.NaN, Double.NaN });
		contestants.put("clock, read and append alone", () -> new double[] {
				micros(CALLS, (i) -> this.limiters.leastScript().ask(i / SHORT_LOG)), Double.NaN, Double.NaN });
		for (int limit : LIMITS) {
			contestants.put("Throttle, limit " + limit, () -> callsOfThrottle(limit, Limiters.scopes(1, 1, limit)));
		}
		contestants.put(TWO_RATES, () -> callsOfThrottle(100, Limiters.scopes(1, 2, 100)));
		contestants.put("Throttle, limit 100, four scopes", () -> callsOfThrottle(100, Limiters.scopes(4, 1, 100)));
		for (int limit : LIMITS_OF_OTHERS) {
			contestants.put("sorted set, limit " + limit, () -> callsOfSortedSet(limit));
		}
		Table table = new Table("Server time of a call in µs, many in one go",
				List.of("contestant", "recording", "recording in a full window", "denying"));
		Map<String, List<Samples>> measured = rounds.run(contestants);
		measured.forEach((name, samples) -> table
			.add(List.of(name, samples.get(0).text("%.1f"), samples.get(1).text("%.1f"), samples.get(2).text("%.1f"))));
		this.budgets.atMost("recording, server time: limit 100000 to limit 100", "%.2f", 1.1,
				recording(measured, "Throttle, limit 100000").ratio(recording(measured, "Throttle, limit 100")));
		this.budgets.atMost("recording, server time: two rates of the scope to one rate", "%.2f", 1.15,
				recording(measured, TWO_RATES).ratio(recording(measured, "Throttle, limit 100")));
		return table;
	}

	private static Samples recording(Map<String, List<Samples>> measured, String contestant) {
		return Objects.requireNonNull(measured.get(contestant)).get(0);
	}

	private double[] callsOfThrottle(int limit, List<List<Policy>> scopes) {
		this.commands.flushall();
		double recording = micros(Math.max(limit, CALLS),
				(i) -> this.limiters.script().decide(Limiters.group(-(i / limit), scopes), Limiters.SERVER_TIME));
		QuotaGroup filled = Limiters.group(0, scopes);
		double denying = micros(CALLS, (i) -> this.limiters.script().decide(filled, Limiters.SERVER_TIME));
		QuotaGroup full = Limiters.group(1, scopes);
		long step = PERIOD_MICROS / limit;
		send(limit, (i) -> this.limiters.script().decide(full, NOW + i * step));
		double inFull = micros(CALLS, (i) -> this.limiters.script().decide(full, NOW + (limit + i) * step));
		return new double[] { recording, inFull, denying };
	}

	private double[] callsOfSortedSet(int limit) {
		this.commands.flushall();
		double recording = micros(limit, (i) -> this.limiters.sortedSet("a", limit, Limiters.PERIOD));
		double denying = micros(CALLS, (i) -> this.limiters.sortedSet("a", limit, Limiters.PERIOD));
		return new double[] { recording, Double.NaN, denying };
	}

	/**
	 * Measure the call after a window that was full has run out, in whole and in half.
	 */
	Table expiry(Rounds rounds) throws Exception {
		Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
		for (int limit : new int[] { 1000, 10_000, 100_000 }) {
			contestants.put("Throttle, limit " + limit,
					() -> new double[] { afterExpiry(limit, limit), afterExpiry(limit, limit / 2) });
		}
		for (int limit : new int[] { 1000, 10_000 }) {
			contestants.put("sorted set, limit " + limit,
					() -> new double[] { afterExpiryOfSortedSet(limit), Double.NaN });
		}
		Table table = new Table("Server time in µs of the first call after a full window has run out",
				List.of("contestant", "all of it", "half of it"));
		Map<String, List<Samples>> measured = rounds.run(contestants);
		measured.forEach(
				(name, samples) -> table.add(List.of(name, samples.get(0).text("%.0f"), samples.get(1).text("%.0f"))));
		this.budgets.atMost("the call after a full window of 10000 expired, µs of server time", "%.0f", 100,
				Objects.requireNonNull(measured.get("Throttle, limit 10000")).get(0));
		return table;
	}

	private double afterExpiry(int limit, int expired) {
		this.commands.flushall();
		QuotaGroup group = Limiters.group(1, Limiters.scopes(1, 1, limit));
		send(limit, (i) -> this.limiters.script().decide(group, NOW + i));
		return micros(1, (i) -> this.limiters.script().decide(group, NOW + PERIOD_MICROS + expired - 1));
	}

	private double afterExpiryOfSortedSet(int limit) throws InterruptedException {
		this.commands.flushall();
		send(limit, (i) -> this.limiters.sortedSet("a", limit, SHORT));
		this.commands.persist("sorted-set:a");
		Thread.sleep(SHORT.toMillis());
		return micros(1, (i) -> this.limiters.sortedSet("a", limit, SHORT));
	}

	/**
	 * Measure calls that give all permits of an entry back, so that later entries move.
	 */
	Table settlements(Rounds rounds) throws Exception {
		Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
		for (int later : LATER_ENTRIES) {
			contestants.put("later entries: " + later, () -> new double[] { settling(later) });
		}
		Table table = new Table("Server time in µs of a call that gives back what was recorded",
				List.of("contestant", "giving back"));
		rounds.run(contestants).forEach((name, samples) -> table.add(List.of(name, samples.get(0).text("%.1f"))));
		return table;
	}

	private double settling(int later) {
		this.commands.flushall();
		int limit = SETTLEMENTS + later;
		QuotaGroup group = Limiters.group(1, Limiters.scopes(1, 1, limit));
		send(limit, (i) -> this.limiters.script().decide(group, NOW + i));
		return micros(SETTLEMENTS,
				(i) -> this.limiters.script().giveBack(group, NOW + SETTLEMENTS - 1 - i, NOW + limit));
	}

	/**
	 * Measure the bytes of full histories.
	 */
	Table bytes() throws Exception {
		Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
		contestants.put("Throttle", () -> bytesPerEntry(this::fill));
		contestants.put("sorted set", () -> bytesPerEntry(this::fillSortedSet));
		List<String> columns = new ArrayList<>(List.of("contestant"));
		Arrays.stream(LIMITS_OF_BYTES).forEach((limit) -> columns.add("limit " + limit));
		Table table = new Table("Bytes per entry of a full history, its key included", columns);
		Map<String, List<Samples>> measured = Rounds.cold(1).run(contestants);
		measured.forEach((name, samples) -> {
			List<String> row = new ArrayList<>(List.of(name));
			samples.forEach((bytes) -> row.add(String.format(Locale.ROOT, "%.1f", bytes.median())));
			table.add(row);
		});
		this.budgets.atMost("bytes per entry of cost 1, limit 1000", "%.1f", 20,
				Objects.requireNonNull(measured.get("Throttle")).get(Arrays.binarySearch(LIMITS_OF_BYTES, 1000)));
		return table;
	}

	private double[] bytesPerEntry(IntFunction<String> fill) {
		return Arrays.stream(LIMITS_OF_BYTES).mapToDouble((limit) -> {
			this.commands.flushall();
			return (double) Objects.requireNonNull(this.commands.memoryUsage(fill.apply(limit))) / limit;
		}).toArray();
	}

	private String fill(int limit) {
		QuotaGroup group = Limiters.group(1, Limiters.scopes(1, 1, limit));
		send(limit, (i) -> this.limiters.script().decide(group, Limiters.SERVER_TIME));
		return DecideCalls.key(group);
	}

	private String fillSortedSet(int limit) {
		send(limit, (i) -> this.limiters.sortedSet("a", limit, Limiters.PERIOD));
		return "sorted-set:a";
	}

	private double micros(int calls, IntFunction<CompletionStage<Boolean>> call) {
		this.commands.configResetstat();
		send(calls, call);
		Matcher stat = MICROS.matcher(this.commands.info("commandstats"));
		double micros = 0;
		long counted = 0;
		while (stat.find()) {
			counted += Long.parseLong(stat.group(1));
			micros += Double.parseDouble(stat.group(2));
		}
		return micros / counted;
	}

	private static void send(int calls, IntFunction<CompletionStage<Boolean>> call) {
		for (int from = 0; from < calls; from += BATCH) {
			List<CompletableFuture<Boolean>> batch = new ArrayList<>();
			for (int i = from; i < Math.min(calls, from + BATCH); i++) {
				batch.add(call.apply(i).toCompletableFuture());
			}
			batch.forEach(CompletableFuture::join);
		}
	}

}
