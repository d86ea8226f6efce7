package dev.throttle.exactness;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.Sweeping;
import dev.throttle.test.ManualClock;
import dev.throttle.test.PlainBackend;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the answers to random requests with those that are worked out by walking a
 * plain log. For more requests: {@code -Dfuzz.decisions=2000000}.
 */
class HistoryFuzzTests {

	private static final int DECISIONS = Integer.getInteger("fuzz.decisions", 100_000);

	private static final int DECISIONS_PER_SEED = 1_000;

	/** More than the longest time between two checks for expired entries. */
	private static final long SWEEP_NANOS = 20_000_000_000L;

	private static final int STEPS_SHOWN = 12;

	@Test
	void everyOutcomeIsThatOfAPlainLog() {
		for (long seed = 0; seed < DECISIONS / DECISIONS_PER_SEED; seed++) {
			new Run(seed).run();
		}
	}

	private static final class Run {

		private final long seed;

		private final FuzzTraffic traffic;

		private final ManualClock clock;

		private final MemoryCacheBackend backend;

		private final PlainBackend plain = new PlainBackend();

		/** The last steps. */
		private final Deque<Step> steps = new ArrayDeque<>();

		Run(long seed) {
			this.seed = seed;
			this.traffic = new FuzzTraffic(seed);
			this.clock = new ManualClock(this.traffic.clockStart());
			this.backend = MemoryCacheBackend.builder().clock(this.clock).build();
			this.backend.close();
		}

		void run() {
			try {
				for (int i = 0; i < DECISIONS_PER_SEED; i++) {
					advance(this.traffic.pauseNanos());
					this.traffic.changeRates();
					request();
				}
				advance(3 * this.traffic.longestPeriodNanos() + SWEEP_NANOS);
				Sweeping.sweep(this.backend);
				assertThat(this.backend.statistics().clients()).isZero();
				assertThat(this.backend.statistics().entries()).isZero();
			}
			catch (RuntimeException | AssertionError ex) {
				String steps = this.steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
				throw new AssertionError(ex.getMessage() + "\nSeed " + this.seed + ", last steps:\n" + steps, ex);
			}
		}

		private void advance(long nanos) {
			this.plain.advance(nanos);
			this.clock.set(this.clock.nanos() + nanos);
		}

		private void request() {
			if (this.traffic.oneIn(3)) {
				Quota quota = this.traffic.quota(this.traffic.oneIn(4));
				compare("decide", quota, (backend) -> backend.decide(quota));
			}
			else if (this.traffic.oneIn(4)) {
				QuotaGroup group = this.traffic.group();
				compare("peek", group, (backend) -> backend.peek(group));
			}
			else if (this.traffic.oneIn(100)) {
				Client client = this.traffic.client();
				Scope scope = this.traffic.scope();
				compare("reset", client + " " + scope, (backend) -> {
					backend.reset(client, scope);
					return List.of();
				});
			}
			else {
				List<QuotaGroup> groups = this.traffic.groups();
				compare("decide", groups, (backend) -> backend.decide(groups));
			}
			if (this.traffic.oneIn(50)) {
				Sweeping.sweep(this.backend);
			}
		}

		private void compare(String call, Object argument, Function<CacheBackend, List<Outcome>> decide) {
			if (this.steps.size() == STEPS_SHOWN) {
				this.steps.remove();
			}
			List<Outcome> expected = decide.apply(this.plain);
			this.steps.add(new Step(this.plain.now(), call, argument, expected));
			assertThat(decide.apply(this.backend)).isEqualTo(expected);
		}

	}

	private record Step(long at, String call, Object argument, List<Outcome> expected) {

		@Override
		public String toString() {
			return "at " + this.at + " " + this.call + " " + this.argument + " -> " + this.expected;
		}

	}

}
