package dev.throttle.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The part of the contract that is about a history with several rates, at once or one
 * after the other.
 */
abstract class SeveralRatesContractTests extends SettlementContractTests {

	private static final Scope UPLOADS = Scope.of("uploads");

	@Test
	void requestIsCountedOnceInEveryWindow() {
		List<Outcome> outcomes = decideEach(quota("alice", "5/min, 9/day, 7/hour", 2));
		assertThat(outcomes).hasSize(3);
		assertAllowed(outcomes.get(0), 3, MINUTE);
		assertAllowed(outcomes.get(1), 7, DAY);
		assertAllowed(outcomes.get(2), 5, HOUR);
		assertAllowed(peek(quota("alice", "9/day")), 7, DAY);
	}

	@Test
	void anyRateMayDenyAndThenNothingIsRecorded() {
		Quota quota = quota("alice", "2/min, 3/day");
		decideEach(quota);
		decideEach(quota);
		for (int i = 0; i < 3; i++) {
			List<Outcome> outcomes = decideEach(quota);
			assertDenied(outcomes.get(0), 0, MINUTE, MINUTE);
			assertAllowed(outcomes.get(1), 1, DAY);
		}
		pass(MINUTE);
		List<Outcome> outcomes = decideEach(quota);
		assertAllowed(outcomes.get(0), 1, MINUTE);
		assertAllowed(outcomes.get(1), 0, DAY.minus(MINUTE));
		for (int i = 0; i < 3; i++) {
			outcomes = decideEach(quota);
			assertAllowed(outcomes.get(0), 1, MINUTE);
			assertDenied(outcomes.get(1), 0, DAY.minus(MINUTE), DAY.minus(MINUTE));
		}
	}

	@Test
	void shorterWindowIsFreeWhileTheLongerOneIsUsedUp() {
		Quota quota = quota("alice", "2/10s, 2/min");
		decideEach(quota);
		decideEach(quota);
		pass(Duration.ofSeconds(10));
		List<Outcome> outcomes = decideEach(quota);
		assertAllowed(outcomes.get(0), 2, Duration.ZERO);
		assertDenied(outcomes.get(1), 0, Duration.ofSeconds(50), Duration.ofSeconds(50));
		pass(Duration.ofSeconds(50).minus(resolution()));
		outcomes = decideEach(quota);
		assertAllowed(outcomes.get(0), 2, Duration.ZERO);
		assertDenied(outcomes.get(1), 0, resolution(), resolution());
		pass(resolution());
		outcomes = decideEach(quota);
		assertAllowed(outcomes.get(0), 1, Duration.ofSeconds(10));
		assertAllowed(outcomes.get(1), 1, MINUTE);
	}

	@Test
	void everyWindowHasItsOwnWaitAndReset() {
		decideEach(quota("alice", "3/min, 5/hour", 2));
		pass(Duration.ofSeconds(10));
		decideEach(quota("alice", "3/min, 5/hour"));
		pass(Duration.ofSeconds(10));
		List<Outcome> outcomes = decideEach(quota("alice", "3/min, 5/hour", 3));
		assertDenied(outcomes.get(0), 0, Duration.ofSeconds(50), Duration.ofSeconds(40));
		assertDenied(outcomes.get(1), 2, HOUR.minusSeconds(20), HOUR.minusSeconds(20));
		outcomes = decideEach(quota("alice", "3/min, 5/hour", 4));
		assertDenied(outcomes.get(0), 0, NEVER, Duration.ofSeconds(40));
		assertDenied(outcomes.get(1), 2, HOUR.minusSeconds(20), HOUR.minusSeconds(20));
	}

	@Test
	void costAboveOneOfTheLimitsIsNeverAllowed() {
		List<Outcome> outcomes = decideEach(quota("alice", "3/min, 9/day", 4));
		assertDenied(outcomes.get(0), 3, NEVER, Duration.ZERO);
		assertAllowed(outcomes.get(1), 9, Duration.ZERO);
		outcomes = decideEach(quota("alice", "9/min, 0/day"));
		assertAllowed(outcomes.get(0), 9, Duration.ZERO);
		assertDenied(outcomes.get(1), 0, NEVER, DAY);
	}

	@Test
	void orderOfTheRatesDoesNotMatter() {
		decideEach(quota("alice", "50/2s, 3/day", 2));
		decideEach(quota("alice", "3/day, 50/2s"));
		List<Outcome> outcomes = decideEach(quota("alice", "3/day, 50/2s"));
		assertDenied(outcomes.get(0), 0, DAY, DAY);
		assertAllowed(outcomes.get(1), 47, Duration.ofSeconds(2));
		outcomes = decideEach(quota("alice", "50/2s, 3/day"));
		assertAllowed(outcomes.get(0), 47, Duration.ofSeconds(2));
		assertDenied(outcomes.get(1), 0, DAY, DAY);
	}

	@Test
	void usedUpRateIsStillUsedUpAfterAShorterOneWasInForce() {
		decide(quota("alice", "2/day", 2));
		pass(Duration.ofSeconds(1));
		assertAllowed(decide(quota("alice", "1000/s")), 999, Duration.ofSeconds(1));
		pass(Duration.ofSeconds(1));
		assertAllowed(decide(quota("alice", "1000/s")), 999, Duration.ofSeconds(1));
		pass(Duration.ofSeconds(1));
		assertDenied(decide(quota("alice", "2/day")), 0, DAY.minusSeconds(2), DAY.minusSeconds(2));
	}

	@Test
	void reservationIsGoneWhenTheLongerRateIsForgotten() {
		decide(quota("alice", "5/min"));
		Quota quota = quota("alice", "9/s", 3);
		decide(quota);
		pass(Duration.ofSeconds(30));
		Outcome outcome = decide(quota);
		pass(Duration.ofSeconds(30));
		assertThat(settle(quota, outcome, 1)).isEqualTo(Settlement.Result.GONE);
	}

	@Test
	void rateThatIsAddedSeesWhatHasBeenUsed() {
		decide(quota("alice", "3/day", 2));
		List<Outcome> outcomes = decideEach(quota("alice", "2/2s, 3/day"));
		assertDenied(outcomes.get(0), 0, Duration.ofSeconds(2), Duration.ofSeconds(2));
		assertAllowed(outcomes.get(1), 1, DAY);
		pass(Duration.ofSeconds(2));
		outcomes = decideEach(quota("alice", "2/2s, 3/day"));
		assertAllowed(outcomes.get(0), 1, Duration.ofSeconds(2));
		assertAllowed(outcomes.get(1), 0, DAY.minusSeconds(2));
		outcomes = decideEach(quota("alice", "2/2s, 3/day"));
		assertAllowed(outcomes.get(0), 1, Duration.ofSeconds(2));
		assertDenied(outcomes.get(1), 0, DAY.minusSeconds(2), DAY.minusSeconds(2));
	}

	@Test
	void rateThatIsAddedCountsOnlyItsOwnWindow() {
		for (int i = 0; i < 3; i++) {
			decide(quota("alice", "9/min"));
			pass(Duration.ofSeconds(20));
		}
		List<Outcome> outcomes = peekEach(quota("alice", "4/30s, 9/min, 9/hour, 9/10s"));
		assertAllowed(outcomes.get(0), 3, Duration.ofSeconds(10));
		assertAllowed(outcomes.get(1), 7, Duration.ofSeconds(20));
		assertAllowed(outcomes.get(2), 7, HOUR.minusSeconds(40));
		assertAllowed(outcomes.get(3), 9, Duration.ZERO);
	}

	@Test
	void rateThatIsRemovedLeavesTheOthersAsTheyAre() {
		decideEach(quota("alice", "9/10s, 9/min, 9/hour", 2));
		pass(Duration.ofSeconds(5));
		List<Outcome> outcomes = decideEach(quota("alice", "9/10s, 9/hour"));
		assertAllowed(outcomes.get(0), 6, Duration.ofSeconds(5));
		assertAllowed(outcomes.get(1), 6, HOUR.minusSeconds(5));
		assertAllowed(peek(quota("alice", "9/10s")), 6, Duration.ofSeconds(5));
		assertAllowed(peek(quota("alice", "9/hour")), 6, HOUR.minusSeconds(5));
	}

	@Test
	void entriesAreKeptUntilTheLongerPeriodHasBeenOutOfForceForItsOwnLength() {
		for (String client : List.of("alice", "bob")) {
			decide(quota(client, "9/min"));
		}
		for (int seconds : List.of(30, 45, 10)) {
			pass(Duration.ofSeconds(seconds));
			for (String client : List.of("alice", "bob")) {
				decide(quota(client, "9/10s"));
			}
		}
		pass(Duration.ofSeconds(5).minus(resolution()));
		assertAllowed(peek(quota("alice", "9/min")), 6, resolution());
		pass(resolution());
		assertAllowed(peek(quota("alice", "9/min")), 7, Duration.ofSeconds(45));
		assertAllowed(peek(quota("bob", "9/min")), 8, Duration.ofSeconds(55));
	}

	@Test
	void ratesInBetweenDoNotShortenForHowLongEntriesAreKept() {
		decide(quota("alice", "2/hour", 2));
		for (String rate : List.of("9/s", "9/min", "9/s", "9/s, 9/10s", "9/10s", "9/min")) {
			pass(MINUTE.multipliedBy(2));
			assertAllowed(decide(quota("alice", rate)), 8, Rate.parseAll(rate).get(0).period());
		}
		assertDenied(decide(quota("alice", "2/hour")), 0, Duration.ofMinutes(58), Duration.ofMinutes(58));
	}

	@Test
	void expiredEntryStaysExpiredThoughOthersAreLive() {
		decideEach(quota("alice", "9/10s, 9/20s"));
		pass(Duration.ofSeconds(15));
		decideEach(quota("alice", "9/20s, 9/10s"));
		pass(Duration.ofSeconds(5));
		assertAllowed(peek(quota("alice", "9/min")), 8, Duration.ofSeconds(55));
	}

	@Test
	void voidHistoryForgetsWhichRatesWereInForce() {
		decide(quota("alice", "9/min"));
		pass(Duration.ofSeconds(50));
		assertAllowed(peek(quota("alice", "9/10s")), 9, Duration.ZERO);
		pass(Duration.ofSeconds(10));
		decide(quota("alice", "9/10s"));
		pass(Duration.ofSeconds(5));
		decide(quota("alice", "9/10s"));
		pass(Duration.ofSeconds(5));
		assertAllowed(peek(quota("alice", "9/min")), 8, Duration.ofSeconds(55));
	}

	@Test
	void resetForgetsEveryWindow() {
		Quota quota = quota("alice", "1/min, 1/day");
		decideEach(quota);
		decide(quota("alice", "1/s"));
		this.backend.reset(quota.client(), USER);
		List<Outcome> outcomes = decideEach(quota);
		assertAllowed(outcomes.get(0), 0, MINUTE);
		assertAllowed(outcomes.get(1), 0, DAY);
	}

	@Test
	void shadowsShareOneHistoryOfTheirOwn() {
		Quota live = quota("alice", "5/min, 9/day");
		Quota tried = shadow(quota("alice", "2/min, 3/day"));
		List<QuotaGroup> groups = List.of(group(live), shadowGroup(tried));
		this.backend.decide(groups);
		this.backend.decide(groups);
		List<Outcome> outcomes = this.backend.decide(groups);
		assertThat(outcomes).hasSize(4);
		assertAllowed(outcomes.get(0), 2, MINUTE);
		assertAllowed(outcomes.get(1), 6, DAY);
		assertDenied(outcomes.get(2), 0, MINUTE, MINUTE);
		assertAllowed(outcomes.get(3), 1, DAY);
		assertAllowed(peek(shadow(quota("alice", "9/day"))), 7, DAY);
	}

	@Test
	void groupMayHaveSeveralQuotasOfSeveralRates() {
		Quota user = quota("alice", "2/min, 5/day");
		Quota uploads = quota("alice", UPLOADS, "9/hour, 3/day, 8/min", 2);
		List<Outcome> outcomes = decide(group(user, uploads));
		assertThat(outcomes).hasSize(5);
		assertAllowed(outcomes.get(0), 1, MINUTE);
		assertAllowed(outcomes.get(1), 4, DAY);
		assertAllowed(outcomes.get(2), 7, HOUR);
		assertAllowed(outcomes.get(3), 1, DAY);
		assertAllowed(outcomes.get(4), 6, MINUTE);
		outcomes = decide(group(uploads, user));
		assertAllowed(outcomes.get(0), 7, HOUR);
		assertDenied(outcomes.get(1), 1, DAY, DAY);
		assertAllowed(outcomes.get(2), 6, MINUTE);
		assertAllowed(outcomes.get(3), 1, MINUTE);
		assertAllowed(outcomes.get(4), 4, DAY);
		assertThat(peek(group(uploads, user))).extracting(Outcome::remaining).containsExactly(7L, 1L, 6L, 1L, 4L);
	}

	@Test
	void quotasOnOneHistoryAreSummedInEveryWindow() {
		Quota one = quota("alice", "5/min, 4/day");
		Quota two = quota("alice", "5/min, 4/day", 2);
		List<Outcome> outcomes = decide(group(one, two));
		assertThat(outcomes).extracting(Outcome::remaining).containsExactly(2L, 1L, 2L, 1L);
		outcomes = decide(group(one, one));
		assertThat(outcomes).extracting(Outcome::isAllowed).containsExactly(true, false, true, false);
		assertThat(outcomes).extracting(Outcome::remaining).containsExactly(2L, 1L, 2L, 1L);
		assertThat(decideEach(one)).extracting(Outcome::remaining).containsExactly(1L, 0L);
	}

	@Test
	void exactlyTheLowestLimitIsAdmittedToManyThreads() throws Exception {
		for (int round = 0; round < Math.min(20, rounds()); round++) {
			Quota quota = quota("alice" + round, "200/min, 150/day, 900/hour");
			Quota reordered = quota("alice" + round, "900/hour, 200/min, 150/day");
			long admitted = sumOverThreads((thread) -> {
				long count = 0;
				for (int i = 0; i < 20; i++) {
					Quota asked = (thread % 2 == 0) ? quota : reordered;
					count += this.backend.decide(asked).stream().allMatch(Outcome::isAllowed) ? 1 : 0;
				}
				return count;
			});
			assertThat(admitted).isEqualTo(150);
			assertThat(peekEach(quota)).extracting(Outcome::remaining).containsExactly(50L, 0L, 750L);
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void outcomesMatchThoseOfAPlainLog(long seed) {
		Random random = new Random(seed);
		List<List<Policy>> lists = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			lists.add(policies(random));
		}
		List<Policy> policies = lists.get(0);
		PlainLog log = new PlainLog();
		long now = 0;
		for (int step = 0; step < steps(); step++) {
			Duration passed = (random.nextInt(100) > 0) ? Duration.ofMillis(250L * random.nextInt(5))
					: Duration.ofSeconds(20);
			pass(passed);
			now += passed.toNanos();
			policies = (random.nextInt(10) > 0) ? policies : lists.get(random.nextInt(lists.size()));
			long cost = (random.nextInt(4) > 0 || seed == 1) ? 1 : 1 + random.nextInt(12);
			Quota quota = new Quota(client("alice"), policies, cost);
			boolean peeks = random.nextInt(5) == 0;
			List<Outcome> outcomes = peeks ? peekEach(quota) : decideEach(quota);
			log.use(policies, now);
			boolean recorded = !peeks && log.hasRoom(policies, cost, now);
			if (recorded) {
				log.add(cost, now);
			}
			assertThat(outcomes).hasSameSizeAs(policies);
			for (int i = 0; i < outcomes.size(); i++) {
				Outcome expected = log.outcome(policies.get(i), recorded ? 0 : cost, now);
				assertThat(notRecorded(outcomes.get(i), null)).as("step %s, %s of %s", step, i, quota)
					.isEqualTo(expected);
			}
		}
	}

	private static List<Policy> policies(Random random) {
		List<Integer> seconds = new ArrayList<>(List.of(5, 10, 20, 45));
		Collections.shuffle(seconds, random);
		List<Rate> rates = new ArrayList<>();
		for (int second : seconds.subList(0, 1 + random.nextInt(3))) {
			rates.add(new Rate(4 + random.nextInt(2 * second), Duration.ofSeconds(second)));
		}
		return Policy.ofScope(USER, rates);
	}

	private List<Outcome> decideEach(Quota quota) {
		return this.backend.decide(quota);
	}

	private List<Outcome> peekEach(Quota quota) {
		return peek(group(quota));
	}

}
