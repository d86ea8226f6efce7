package dev.throttle.benchmarks.memory;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.Rate;

/**
 * The process in which the clients of one contestant are counted and weighed.
 */
final class HeapMain {

	private static final int UNCHANGED = 4;

	private static final long PAUSE_MILLIS = 20;

	private static final long NOTABLE_BYTES = 10_000;

	private HeapMain() {
	}

	/**
	 * Record as many entries for each client as each line says, and write the bytes that
	 * a client then takes, its key apart.
	 * @param arguments the contestant, the number of clients and the rate
	 * @throws Exception if nothing can be read
	 */
	public static void main(String[] arguments) throws Exception {
		Contestant contestant = Contestant.valueOf(arguments[0]);
		Rate rate = Rate.parse(arguments[2]);
		Scenario scenario = new Scenario(Integer.parseInt(arguments[1]), Demand.ALLOWED, rate.limit());
		load(contestant, rate);
		Client[] clients = scenario.clients();
		long before = used();
		Limiter limiter = contestant.limiter(clients, List.of(List.of(rate)), 1);
		BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		int recorded = 0;
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			for (; recorded < Integer.parseInt(line); recorded++) {
				for (int key = 0; key < clients.length; key++) {
					limiter.ask(clients[key], key);
				}
			}
			System.out.println((double) (used() - before) / clients.length);
		}
		System.exit(0);
	}

	/**
	 * Have all classes loaded before anything is weighed.
	 */
	private static void load(Contestant contestant, Rate rate) {
		Client[] clients = new Scenario(1, Demand.ALLOWED, rate.limit()).clients();
		try (Limiter limiter = contestant.limiter(clients, List.of(List.of(rate)), 1)) {
			for (int i = 0; i <= rate.limit(); i++) {
				limiter.ask(clients[0], 0);
			}
		}
	}

	/**
	 * Return the heap in use, after as many collections as free something.
	 */
	static long used() throws InterruptedException {
		MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
		long least = Long.MAX_VALUE;
		for (int unchanged = 0; unchanged < UNCHANGED; unchanged++) {
			memory.gc();
			Thread.sleep(PAUSE_MILLIS);
			long used = memory.getHeapMemoryUsage().getUsed();
			if (used < least - NOTABLE_BYTES) {
				unchanged = 0;
			}
			least = Math.min(least, used);
		}
		return least;
	}

}
