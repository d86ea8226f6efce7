package dev.throttle.benchmarks.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.throttle.benchmarks.Benchmark;
import dev.throttle.benchmarks.Budgets;
import dev.throttle.benchmarks.JavaProcess;
import dev.throttle.benchmarks.Options;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;

/**
 * Weighs the clients that are counted in memory.
 */
public final class HeapBenchmark implements Benchmark {

	private static final String RATE = "1000/day";

	private static final int[] ENTRIES = { 1, 10, 100 };

	private static final List<Contestant> CONTESTANTS = List.of(Contestant.MAP, Contestant.THROTTLE,
			Contestant.THROTTLE_TWO_RATES, Contestant.BUCKET4J_CAFFEINE, Contestant.BUCKET4J_MAP,
			Contestant.RESILIENCE4J_CAFFEINE, Contestant.RESILIENCE4J_MAP, Contestant.GUAVA, Contestant.DRF);

	/**
	 * The bytes of heap that the largest client may take, with a rest for the collector.
	 */
	private static final long BYTES = 6000;

	@Override
	public Set<String> options() {
		return Set.of("clients", "rounds");
	}

	@Override
	public Report run(Options options) throws Exception {
		int clients = options.number("clients", 100_000);
		int rounds = options.number("rounds", 1);
		List<String> java = List.of("-XX:+UseSerialGC", "-Xmx" + Math.max(512, clients * BYTES >> 20) + "m");
		Report report = new Report("Memory taken", "");
		report.add(clients + " clients. Bytes of a client after a collection, its key apart: " + ((rounds > 1)
				? "medians of " + rounds + " rounds, least and greatest in brackets.\n" : "of one round.\n"));
		Map<String, List<Samples>> measured = Rounds.cold(rounds).run(contestants(clients, java));
		Table bytes = new Table("Bytes of a client, " + RATE,
				Arrays.asList("contestant", "1 entry", "10 entries", "100 entries"));
		measured.forEach((name, samples) -> bytes.add(Arrays.asList(name, samples.get(0).text("%.0f"),
				samples.get(1).text("%.0f"), samples.get(2).text("%.0f"))));
		report.add(bytes);
		List<Samples> drained = Objects
			.requireNonNull(Rounds.cold(rounds).run(Map.of("Throttle", () -> drain(clients, java))).get("Throttle"));
		Table table = new Table("After the load", Arrays.asList("contestant", "periods until no client is left",
				"bytes left for each client that was there"));
		table.add(Arrays.asList(Contestant.THROTTLE.title(), drained.get(0).text("%.2f"), drained.get(1).text("%.0f")));
		report.add(table);
		Budgets budgets = new Budgets();
		budgets.atMost("bytes of a client with 10 entries, its key apart", "%.0f", 220,
				ofTen(measured, Contestant.THROTTLE));
		budgets.atMost("the same under two rates of the scope", "%.0f", 300,
				ofTen(measured, Contestant.THROTTLE_TWO_RATES));
		budgets.atMost("periods after which an idle client is gone, one for its entries to be void", "%.2f", 2,
				drained.get(0));
		report.add(budgets);
		return report;
	}

	private static Samples ofTen(Map<String, List<Samples>> measured, Contestant contestant) {
		return Objects.requireNonNull(measured.get(contestant.title())).get(1);
	}

	private static Map<String, Rounds.Contestant> contestants(int clients, List<String> java) {
		Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
		for (Contestant contestant : CONTESTANTS) {
			contestants.put(contestant.title(), () -> {
				List<Double> bytes = new ArrayList<>();
				try (JavaProcess process = JavaProcess.start(java, HeapMain.class, contestant.name(),
						Integer.toString(clients), RATE)) {
					for (int entries : ENTRIES) {
						bytes.add(Double.parseDouble(process.ask(Integer.toString(entries))));
					}
				}
				return bytes.stream().mapToDouble(Double::doubleValue).toArray();
			});
		}
		return contestants;
	}

	private static double[] drain(int clients, List<String> java) throws Exception {
		try (JavaProcess process = JavaProcess.start(java, DrainMain.class, Integer.toString(clients))) {
			return Arrays.stream(process.ask("").split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
		}
	}

}
