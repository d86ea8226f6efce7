package dev.throttle.exactness;

import java.util.function.LongConsumer;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.exactness.FuzzRun.Settled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Compares the answers to random requests and settlements with those that are worked out
 * by walking a plain log. For more requests: {@code -Dfuzz.decisions=2000000}.
 */
class HistoryFuzzTests {

	private static final int DECISIONS = Integer.getInteger("fuzz.decisions", 100_000);

	private static final int DECISIONS_PER_SEED = 1_000;

	@Test
	void everyOutcomeIsThatOfAPlainLog() {
		seeds(1, (seed) -> new FuzzRun(seed, Settled.NOT).sendWhileRatesChange(DECISIONS_PER_SEED));
	}

	@Test
	void everyOutcomeIsThatOfASettledPlainLog() {
		seeds(1, (seed) -> new FuzzRun(seed, Settled.UP_AND_DOWN).sendWhileRatesChange(DECISIONS_PER_SEED));
	}

	@ParameterizedTest
	@EnumSource
	void neverMoreThanTheLimitOfTrueCostsAndOpenReservations(Settled settled) {
		seeds(4, (seed) -> new FuzzRun(seed, settled).send(DECISIONS_PER_SEED));
	}

	@ParameterizedTest
	@EnumSource(names = "UP_AND_DOWN", mode = EnumSource.Mode.EXCLUDE)
	void clientThatWaitsAsToldIsAdmitted(Settled settled) {
		seeds(4, (seed) -> new FuzzRun(seed, settled).sendAndWait(DECISIONS_PER_SEED));
	}

	@Test
	void smallStoreIsNeverNegative() {
		Logger logger = (Logger) LoggerFactory.getLogger(MemoryCacheBackend.class);
		logger.setLevel(Level.ERROR);
		try {
			seeds(4, (seed) -> {
				MemoryCacheBackend.Builder small = MemoryCacheBackend.builder()
					.maxClients(1 + (int) seed % 3)
					.maxEntries(1 + seed % 20);
				new FuzzRun(seed, Settled.UP_AND_DOWN, small, false).sendWhileRatesChange(DECISIONS_PER_SEED);
			});
		}
		finally {
			logger.setLevel(null);
		}
	}

	/**
	 * Run with different seeds, for one in some of all decisions.
	 */
	private static void seeds(int oneIn, LongConsumer run) {
		LongStream.range(0, DECISIONS / DECISIONS_PER_SEED / oneIn).forEach(run);
	}

}
