package dev.throttle.benchmarks.memory;

import java.time.Duration;
import java.util.Locale;

import dev.throttle.Client;
import dev.throttle.Rate;

/**
 * What is asked.
 *
 * @param keys how many clients ask, at random
 * @param demand what becomes of the questions
 * @param limit the limit of the rate that is asked for
 * @param quotas how many quotas a question has
 */
record Scenario(int keys, Demand demand, long limit, int quotas) {

	/** Less than any two threads take for a question. */
	private static final long SPARE_NANOS = 25;

	private static final Duration LONG = Duration.ofHours(1);

	static Scenario parse(String text) {
		String[] parts = text.split("/", -1);
		return new Scenario(Integer.parseInt(parts[0]), Demand.valueOf(parts[1]), Long.parseLong(parts[2]),
				Integer.parseInt(parts[3]));
	}

	/**
	 * Return the rates, of which the clients have one in turns.
	 */
	Rate[] rates() {
		Rate limited = new Rate(this.limit, LONG);
		Rate spare = new Rate(this.limit, Duration.ofNanos(this.limit * SPARE_NANOS * this.keys));
		return switch (this.demand) {
			case ALLOWED -> new Rate[] { spare };
			case DENIED -> new Rate[] { limited };
			case HALF -> new Rate[] { spare, limited };
		};
	}

	/**
	 * Return whether the rate depends on how fast questions are answered.
	 */
	boolean isCalibrated() {
		return this.demand == Demand.HALF && this.keys == 1;
	}

	/**
	 * Return whether a client is asked for until it is denied before the time is taken.
	 */
	boolean isExhausted(int key) {
		return this.demand == Demand.DENIED || this.demand == Demand.HALF && this.keys > 1 && key % 2 == 1;
	}

	Client[] clients() {
		Client[] clients = new Client[this.keys];
		for (int i = 0; i < clients.length; i++) {
			clients[i] = Client.user("client-" + i);
		}
		return clients;
	}

	/**
	 * Check that what was measured is what was to be measured.
	 * @param share the share of the questions that was allowed
	 */
	void check(double share) {
		boolean expected = switch (this.demand) {
			case ALLOWED -> share > 0.999;
			case DENIED -> share < 0.001;
			case HALF -> true;
		};
		if (!expected) {
			throw new IllegalStateException(
					String.format(Locale.ROOT, "A share of %.3f was allowed in the scenario %s", share, this));
		}
	}

	@Override
	public String toString() {
		return this.keys + "/" + this.demand + "/" + this.limit + "/" + this.quotas;
	}

}
