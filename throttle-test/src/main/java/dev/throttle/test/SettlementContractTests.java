package dev.throttle.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The part of the contract that is about the true cost of what was recorded.
 */
abstract class SettlementContractTests extends AbstractContractTests {

	private static final Scope UPLOADS = Scope.of("uploads");

	@Test
	void lowerCostIsFreeAtOnce() {
		Quota quota = quota("alice", "9/min", 6);
		assertSettled(settle(quota, decide(quota), 2));
		assertAllowed(peek(quota), 7, MINUTE);
		assertAllowed(decide(quota), 1, MINUTE);
	}

	@Test
	void reservationThatIsGivenBackLeavesNothing() {
		Quota quota = quota("alice", "2/min", 2);
		for (int i = 0; i < 5; i++) {
			Outcome outcome = decide(quota);
			assertAllowed(outcome, 0, MINUTE);
			assertSettled(settle(quota, outcome, 0));
			assertAllowed(peek(quota), 2, Duration.ZERO);
		}
	}

	@Test
	void trueCostThatWasReservedChangesNothing() {
		Quota quota = quota("alice", "9/min", 4);
		assertSettled(settle(quota, decide(quota), 4));
		assertAllowed(peek(quota), 5, MINUTE);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, 0 0 50 50 60 60", "1, 0, 0 0 40 40 60 60", "2, 0, 0 0 40 40 50 50", "0, 1, 0 40 50 50 60 60",
			"1, 1, 0 40 40 50 60 60", "2, 1, 0 40 40 50 50 60" })
	void costIsLoweredWhereItWasRecorded(int place, long cost, String waitSeconds) {
		Quota quota = quota("alice", "6/min", 2);
		List<Outcome> recorded = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			pass(Duration.ofSeconds(10));
			recorded.add(decide(quota));
		}
		assertThat(waitSeconds(quota)).isEqualTo("40 40 50 50 60 60");
		assertSettled(settle(quota, recorded.get(place), cost));
		assertThat(waitSeconds(quota)).isEqualTo(waitSeconds);
		assertThat(peek(quota).remaining()).isEqualTo(2 - cost);
	}

	/**
	 * Return the waits of requests that cost 1 to 6.
	 */
	private String waitSeconds(Quota quota) {
		return LongStream.rangeClosed(1, 6)
			.map((cost) -> Duration.ofNanos(peek(quota(quota, cost)).waitNanos()).toSeconds())
			.mapToObj(Long::toString)
			.collect(Collectors.joining(" "));
	}

	@Test
	void costIsLoweredInEveryWindow() {
		Quota quota = quota("alice", "5/min, 9/day", 4);
		assertSettled(settle(quota, decide(quota), 1));
		assertThat(peek(group(quota))).extracting(Outcome::remaining).containsExactly(4L, 8L);
	}

	@Test
	void costIsLoweredWhereOnlyTheLongerWindowCountsIt() {
		Quota quota = quota("alice", "5/min, 9/day", 4);
		Outcome first = decide(quota);
		pass(MINUTE);
		decide(quota);
		assertSettled(settle(quota, first, 1));
		List<Outcome> outcomes = peek(group(quota("alice", "5/min, 9/day")));
		assertAllowed(outcomes.get(0), 1, MINUTE);
		assertAllowed(outcomes.get(1), 4, DAY.minus(MINUTE));
	}

	@Test
	void onlyRequestOfAWindowMayBeGivenBack() {
		Quota quota = quota("alice", "5/min, 9/day", 4);
		decide(quota);
		pass(MINUTE);
		assertSettled(settle(quota, decide(quota), 0));
		List<Outcome> outcomes = decide(group(quota));
		assertAllowed(outcomes.get(0), 1, MINUTE);
		assertAllowed(outcomes.get(1), 1, DAY.minus(MINUTE));
	}

	@Test
	void deniedClientIsAdmittedAsSoonAsAPermitIsGivenBack() {
		Quota quota = quota("alice", "3/min");
		Outcome first = decide(quota);
		decide(quota);
		decide(quota);
		for (int i = 0; i < 3; i++) {
			assertDenied(decide(quota), 0, MINUTE, MINUTE);
		}
		assertSettled(settle(quota, first, 0));
		assertAllowed(decide(quota), 0, MINUTE);
		assertDenied(decide(quota), 0, MINUTE, MINUTE);
	}

	@Test
	void whatIsTakenOnceMoreAndThenGivenBackCountsFromThenOn() {
		Quota quota = quota("alice", "1/min");
		Outcome taken = decide(quota);
		pass(Duration.ofSeconds(10));
		assertSettled(settle(quota, taken, 2));
		assertSettled(settle(quota, taken, 0));
		assertDenied(decide(quota), 0, MINUTE, MINUTE);
		pass(MINUTE);
		assertAllowed(decide(quota), 0, MINUTE);
	}

	@Test
	void higherCostIsADebtFromTheSettlementOn() {
		Quota quota = quota("alice", "5/min", 2);
		Outcome outcome = decide(quota);
		pass(Duration.ofSeconds(10));
		assertSettled(settle(quota, outcome, 9));
		assertDenied(decide(quota), 0, MINUTE, MINUTE);
		pass(Duration.ofSeconds(50));
		assertDenied(decide(quota), 0, Duration.ofSeconds(10), Duration.ofSeconds(10));
		pass(Duration.ofSeconds(10));
		assertAllowed(decide(quota), 3, MINUTE);
	}

	@Test
	void debtCountsInEveryWindow() {
		Quota quota = quota("alice", "5/min, 9/day", 2);
		assertSettled(settle(quota, decide(quota), 8));
		List<Outcome> outcomes = decide(group(quota));
		assertDenied(outcomes.get(0), 0, MINUTE, MINUTE);
		assertDenied(outcomes.get(1), 1, DAY, DAY);
	}

	@Test
	void debtIsRecordedThoughTheReservationHasExpired() {
		Quota quota = quota("alice", "5/min", 2);
		Outcome outcome = decide(quota);
		pass(MINUTE);
		assertSettled(settle(quota, outcome, 5));
		assertAllowed(peek(quota), 2, MINUTE);
	}

	@Test
	void debtIsRecordedAfterAReset() {
		Quota quota = quota("alice", "5/min, 9/day", 2);
		Outcome outcome = decide(quota);
		this.backend.reset(quota.client(), USER);
		assertSettled(settle(quota, outcome, 5));
		List<Outcome> outcomes = peek(group(quota));
		assertAllowed(outcomes.get(0), 2, MINUTE);
		assertAllowed(outcomes.get(1), 6, DAY);
	}

	@Test
	void debtInAVoidHistoryIsKeptAsLongAsTheReservationWouldBe() {
		Quota quota = quota("alice", "5/min");
		Outcome outcome = decide(quota);
		this.backend.reset(quota.client(), USER);
		decide(quota("alice", "9/s"));
		pass(Duration.ofSeconds(1));
		assertSettled(settle(quota, outcome, 3));
		pass(Duration.ofSeconds(30));
		assertAllowed(peek(quota), 3, Duration.ofSeconds(30));
	}

	@Test
	void largestDebtLeavesNothingNegative() {
		Quota quota = quota("alice", "5/min, 9/day");
		Outcome outcome = decide(quota);
		for (int i = 0; i < 4; i++) {
			assertSettled(settle(quota, outcome, Long.MAX_VALUE));
		}
		pass(MINUTE);
		List<Outcome> outcomes = decide(group(quota));
		assertAllowed(outcomes.get(0), 5, Duration.ZERO);
		assertDenied(outcomes.get(1), 0, DAY.minus(MINUTE), DAY.minus(MINUTE));
		pass(DAY.minus(MINUTE));
		assertAllowed(decide(group(quota)).get(1), 8, DAY);
	}

	@Test
	void reservationsOfOneInstantAreSettledEachByItsCost() {
		Quota three = quota("alice", "9/min", 3);
		Quota two = quota("alice", "9/min", 2);
		Outcome first = decide(three);
		Outcome second = decide(two);
		Outcome third = decide(three);
		assertSettled(settle(three, first, 0));
		assertSettled(settle(two, second, 1));
		assertAllowed(peek(two), 5, MINUTE);
		assertSettled(settle(three, third, 4));
		assertAllowed(peek(two), 4, MINUTE);
	}

	@Test
	void expiredReservationTakesNothingFromLaterOnes() {
		Quota quota = quota("alice", "5/min", 2);
		Outcome expired = decide(quota);
		pass(Duration.ofSeconds(30));
		decide(quota);
		pass(Duration.ofSeconds(30));
		assertThat(settle(quota, expired, 0)).isEqualTo(Settlement.Result.GONE);
		assertAllowed(peek(quota), 3, Duration.ofSeconds(30));
		pass(Duration.ofSeconds(30));
		assertThat(settle(quota, expired, 0)).isEqualTo(Settlement.Result.GONE);
		assertAllowed(peek(quota), 5, Duration.ZERO);
	}

	@Test
	void reservationBeforeAResetTakesNothingFromLaterOnes() {
		Quota quota = quota("alice", "5/min", 3);
		Outcome before = decide(quota);
		this.backend.reset(quota.client(), USER);
		assertThat(settle(quota, before, 0)).isEqualTo(Settlement.Result.GONE);
		pass(resolution());
		decide(quota("alice", "5/min"));
		assertThat(settle(quota, before, 1)).isEqualTo(Settlement.Result.GONE);
		assertAllowed(peek(quota), 4, MINUTE);
	}

	@Test
	void reservationIsSettledAfterALongerRateCameIntoForce() {
		Quota quota = quota("alice", "5/min", 3);
		Outcome outcome = decide(quota);
		decide(quota("alice", "9/hour"));
		pass(MINUTE);
		assertSettled(settle(quota, outcome, 1));
		assertAllowed(peek(quota("alice", "9/hour")), 7, HOUR.minus(MINUTE));
	}

	@Test
	void reservationIsSettledAfterAShorterRateCameIntoForce() {
		Quota quota = quota("alice", "5/min", 3);
		Outcome outcome = decide(quota);
		decide(quota("alice", "9/s"));
		pass(Duration.ofSeconds(30));
		assertSettled(settle(quota, outcome, 1));
		assertAllowed(peek(quota), 3, Duration.ofSeconds(30));
	}

	@Test
	void shadowIsSettledInItsOwnHistory() {
		Quota live = quota("alice", "9/min", 4);
		Quota tried = shadow(quota("alice", "5/min", 4));
		List<Outcome> outcomes = this.backend.decide(List.of(group(live), shadowGroup(tried)));
		assertSettled(settle(tried, outcomes.get(1), 1));
		assertThat(peek(live).remaining()).isEqualTo(5);
		assertThat(peek(shadowGroup(tried)).get(0).remaining()).isEqualTo(4);
		assertSettled(settle(live, outcomes.get(0), 2));
		assertThat(peek(live).remaining()).isEqualTo(7);
		assertThat(peek(shadowGroup(tried)).get(0).remaining()).isEqualTo(4);
	}

	@Test
	void quotasThatShareAHistoryAreSettledTogether() {
		Quota one = quota("alice", "9/min");
		Quota four = quota("alice", "9/min", 4);
		List<Outcome> outcomes = decide(group(one, four));
		assertThat(peek(one).remaining()).isEqualTo(4);
		List<Settlement> settlements = List.of(new Settlement(one, outcomes.get(0), 0),
				new Settlement(four, outcomes.get(1), 2));
		assertThat(this.backend.settle(settlements)).containsExactly(Settlement.Result.SETTLED,
				Settlement.Result.SETTLED);
		assertAllowed(peek(one), 7, MINUTE);
	}

	@Test
	void severalClientsAreSettledInOneCall() {
		Quota alice = quota("alice", "9/min", 4);
		Quota bob = quota("bob", "9/min, 20/day", 4);
		Quota uploads = quota("alice", UPLOADS, "9/hour", 4);
		Outcome reset = decide(quota("carol", "9/min"));
		this.backend.reset(client("carol"), USER);
		List<Settlement> settlements = List.of(new Settlement(alice, decide(alice), 1),
				new Settlement(quota("carol", "9/min"), reset, 0), new Settlement(bob, decide(bob), 6),
				new Settlement(uploads, decide(uploads), 0));
		assertThat(this.backend.settle(settlements)).containsExactly(Settlement.Result.SETTLED, Settlement.Result.GONE,
				Settlement.Result.SETTLED, Settlement.Result.SETTLED);
		assertThat(peek(alice).remaining()).isEqualTo(8);
		assertThat(peek(group(bob))).extracting(Outcome::remaining).containsExactly(3L, 14L);
		assertThat(peek(uploads).remaining()).isEqualTo(9);
	}

	@Test
	void reservationStandsIfTooManyCameLater() {
		Quota quota = quota("alice", "1000000/hour", 4);
		Outcome first = decide(quota);
		pass(resolution());
		Outcome second = decide(quota);
		pass(resolution());
		List<QuotaGroup> later = Collections.nCopies(256, group(quota("alice", "1000000/hour")));
		for (int recorded = 0; recorded < Settlement.MAX_LATER_ENTRIES; recorded += later.size()) {
			this.backend.decide(later);
		}
		assertThat(settle(quota, first, 1)).isEqualTo(Settlement.Result.STANDS);
		assertThat(peek(quota).remaining()).isEqualTo(1_000_000 - 8 - Settlement.MAX_LATER_ENTRIES);
		assertSettled(settle(quota, second, 1));
		assertAllowed(peek(quota), 1_000_000 - 5 - Settlement.MAX_LATER_ENTRIES,
				HOUR.minus(resolution().multipliedBy(2)));
	}

	@Test
	void settlementsOfManyThreadsAddUp() throws Exception {
		Quota quota = quota("alice", "1000000/hour", 5);
		long spent = sumOverThreads((thread) -> {
			Random random = new Random(thread);
			long sum = 0;
			for (int i = 0; i < 20; i++) {
				long cost = random.nextInt(11);
				assertSettled(settle(quota, decide(quota), cost));
				sum += cost;
			}
			return sum;
		});
		assertThat(peek(quota).remaining()).isEqualTo(1_000_000 - spent);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6 })
	void outcomesMatchThoseOfASettledPlainLog(long seed) {
		Random random = new Random(seed);
		PlainLog log = new PlainLog();
		List<Recorded> open = new ArrayList<>();
		List<Policy> policies = policies("6/5s, 20/20s, 30/45s");
		long now = 0;
		for (int step = 0; step < steps(); step++) {
			Duration passed = Duration.ofMillis((random.nextInt(3) > 0) ? 0 : 500L * random.nextInt(8));
			pass(passed);
			now += passed.toNanos();
			if (random.nextInt(50) == 0) {
				policies = policies(random.nextBoolean() ? "8/10s" : "30/45s, 6/5s, 20/20s");
			}
			if (!open.isEmpty() && random.nextInt(3) == 0) {
				Recorded one = open.remove(random.nextInt(open.size()));
				long cost = random.nextInt((int) one.quota().cost() + ((seed % 2 == 0) ? 3 : 1));
				Settlement settlement = new Settlement(one.quota(), one.outcome(), cost);
				assertThat(this.backend.settle(List.of(settlement))).as("step %s: %s", step, settlement)
					.containsExactly(log.settle(settlement, one.at(), now));
			}
			Quota quota = new Quota(client("alice"), policies, 1 + random.nextInt(4));
			List<Outcome> outcomes = this.backend.decide(quota);
			log.use(policies, now);
			boolean recorded = log.hasRoom(policies, quota.cost(), now);
			if (recorded) {
				log.add(quota.cost(), now);
				open.add(new Recorded(quota, outcomes.get(random.nextInt(outcomes.size())), now));
			}
			for (int i = 0; i < policies.size(); i++) {
				assertThat(notRecorded(outcomes.get(i), null)).as("step %s, %s of %s", step, i, quota)
					.isEqualTo(log.outcome(policies.get(i), recorded ? 0 : quota.cost(), now));
			}
		}
	}

	private static List<Policy> policies(String rates) {
		return Policy.ofScope(USER, Rate.parseAll(rates));
	}

	final Settlement.Result settle(Quota quota, Outcome outcome, long cost) {
		return this.backend.settle(List.of(new Settlement(quota, outcome, cost))).get(0);
	}

	private static void assertSettled(Settlement.Result result) {
		assertThat(result).isEqualTo(Settlement.Result.SETTLED);
	}

	private record Recorded(Quota quota, Outcome outcome, long at) {
	}

}
