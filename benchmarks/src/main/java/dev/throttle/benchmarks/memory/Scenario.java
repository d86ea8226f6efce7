package dev.throttle.benchmarks.memory;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;

/**
 * What is asked.
 *
 * @param keys how many clients ask, at random
 * @param demand what becomes of the questions
 * @param limit the limit of the first rate of a scope
 * @param scopes how many scopes a question has
 * @param rates how many rates a scope has
 */
record Scenario(int keys, Demand demand, long limit, int scopes, int rates) {

	/** Less than any two threads take for a question. */
	private static final long SPARE_NANOS = 25;

	private static final Duration LONG = Duration.ofHours(1);

	/** What limit and period of a scope's next rate are multiplied by. */
	private static final int NEXT_RATE = 3;

	/**
	 * Create a scenario with one rate of one scope.
	 */
	Scenario(int keys, Demand demand, long limit) {
		this(keys, demand, limit, 1, 1);
	}

	static Scenario parse(String text) {
		String[] parts = text.split("/", -1);
		return new Scenario(Integer.parseInt(parts[0]), Demand.valueOf(parts[1]), Long.parseLong(parts[2]),
				Integer.parseInt(parts[3]), Integer.parseInt(parts[4]));
	}

	/**
	 * Return the rates of a scope, of which the clients have one list in turns.
	 */
	List<List<Rate>> ratesInTurns() {
		List<Rate> limited = several(new Rate(this.limit, LONG), this.rates);
		List<Rate> spare = several(new Rate(this.limit, Duration.ofNanos(this.limit * SPARE_NANOS * this.keys)),
				this.rates);
		return switch (this.demand) {
			case ALLOWED -> List.of(spare);
			case DENIED -> List.of(limited);
			case HALF -> List.of(spare, limited);
		};
	}

	/**
	 * Return the rates of a scope.
	 * @param first the first rate; the others have three times the limit and the period
	 * of the one before
	 * @param count how many there are
	 */
	static List<Rate> several(Rate first, int count) {
		return Stream
			.iterate(first, (rate) -> new Rate(rate.limit() * NEXT_RATE, rate.period().multipliedBy(NEXT_RATE)))
			.limit(count)
			.toList();
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
		return this.keys + "/" + this.demand + "/" + this.limit + "/" + this.scopes + "/" + this.rates;
	}

}
