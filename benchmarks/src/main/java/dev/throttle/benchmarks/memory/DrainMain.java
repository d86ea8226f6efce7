package dev.throttle.benchmarks.memory;

import java.time.Duration;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;

/**
 * The process in which clients come once and never again.
 */
final class DrainMain {

	private static final Duration PERIOD = Duration.ofSeconds(4);

	private static final long GIVE_UP_NANOS = 10 * PERIOD.toNanos();

	private DrainMain() {
	}

	/**
	 * Write the periods until no client is left, and the bytes that are left for each.
	 * @param arguments the number of clients
	 * @throws Exception if clients are left after ten periods
	 */
	public static void main(String[] arguments) throws Exception {
		int clients = Integer.parseInt(arguments[0]);
		Policy policy = Policy.of("user", new Rate(100, PERIOD));
		try (MemoryCacheBackend backend = MemoryCacheBackend.builder().maxClients(clients).build()) {
			long before = HeapMain.used();
			for (int i = 0; i < clients; i++) {
				backend.decide(new Quota(Client.user("client-" + i), policy));
			}
			long end = System.nanoTime();
			while (backend.statistics().clients() > 0) {
				if (System.nanoTime() - end > GIVE_UP_NANOS) {
					throw new IllegalStateException("Clients are left: " + backend.statistics());
				}
				Thread.sleep(10);
			}
			double periods = (double) (System.nanoTime() - end) / PERIOD.toNanos();
			System.out.println(periods + " " + (double) (HeapMain.used() - before) / clients);
		}
		System.exit(0);
	}

}
