package dev.throttle.test;

import java.time.Duration;
import java.util.List;

import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The part of the contract that is about groups of quotas, enforced ones and shadows.
 */
abstract class GroupContractTests extends CalendarSettlementContractTests {

	@Test
	void groupIsRecordedAsAWholeOrNotAtAll() {
		Quota narrow = quota("alice", "1/min");
		Quota wide = new Quota(client("alice"), Policy.of("user-hour", Rate.parse("5/hour")));
		List<Outcome> outcomes = decide(group(narrow, wide));
		assertAllowed(outcomes.get(0), 0, MINUTE);
		assertAllowed(outcomes.get(1), 4, HOUR);
		outcomes = decide(group(narrow, wide));
		assertDenied(outcomes.get(0), 0, MINUTE, MINUTE);
		assertAllowed(outcomes.get(1), 4, HOUR);
		outcomes = decide(group(wide, narrow));
		assertAllowed(outcomes.get(0), 4, HOUR);
		assertDenied(outcomes.get(1), 0, MINUTE, MINUTE);
		assertAllowed(peek(wide), 4, HOUR);
	}

	@Test
	void groupMayBeOfSeveralClients() {
		Quota alice = quota("alice", "2/min");
		Quota bob = quota("bob", "1/min");
		Quota carol = quota("carol", "3/min", 2);
		assertThat(decide(group(alice, bob, carol))).extracting(Outcome::isAllowed).containsExactly(true, true, true);
		assertThat(decide(group(carol, bob, alice))).extracting(Outcome::isAllowed).containsExactly(false, false, true);
		assertThat(decide(group(alice))).extracting(Outcome::remaining).containsExactly(0L);
		assertAllowed(peek(quota("carol", "3/min")), 1, MINUTE);
	}

	@Test
	void quotasOnOneHistoryInOneGroupAreSummed() {
		Quota one = quota("alice", "5/min");
		Quota two = quota("alice", "5/min", 2);
		assertThat(decide(group(one, two))).extracting(Outcome::remaining).containsExactly(2L, 2L);
		List<Outcome> outcomes = decide(group(two, one));
		assertDenied(outcomes.get(0), 2, MINUTE, MINUTE);
		assertDenied(outcomes.get(1), 2, MINUTE, MINUTE);
		assertAllowed(decide(two), 0, MINUTE);
	}

	@Test
	void quotasThatSumUpAboveTheLimitAreNeverAllowed() {
		Quota quota = quota("alice", "3/min", 2);
		for (List<Outcome> outcomes : List.of(peek(group(quota, quota)), decide(group(quota, quota)),
				decide(group(quota, quota(quota, Long.MAX_VALUE))))) {
			assertDenied(outcomes.get(0), 3, NEVER, Duration.ZERO);
			assertDenied(outcomes.get(1), 3, NEVER, Duration.ZERO);
		}
		assertAllowed(decide(quota), 1, MINUTE);
	}

	@Test
	void denialOfASumIsNotTheDenialOfOneOfItsQuotas() {
		Quota quota = quota("alice", "3/min", 2);
		assertAllowed(decide(quota("alice", "3/min")), 2, MINUTE);
		assertThat(decide(group(quota, quota))).extracting(Outcome::isAllowed).containsExactly(false, false);
		assertAllowed(decide(quota), 0, MINUTE);
	}

	@Test
	void groupsAreDecidedInTheirOrder() {
		Quota alice = quota("alice", "2/min");
		Quota bob = quota("bob", "1/min");
		List<Outcome> outcomes = this.backend
			.decide(List.of(group(alice), group(alice, bob), group(alice), group(bob), group(alice, bob)));
		assertThat(outcomes).extracting(Outcome::isAllowed)
			.containsExactly(true, true, true, false, false, false, false);
		assertThat(outcomes).extracting(Outcome::remaining).containsExactly(1L, 0L, 0L, 0L, 0L, 0L, 0L);
	}

	@Test
	void deniedGroupTakesNothingFromTheNext() {
		Quota alice = quota("alice", "1/min");
		Quota bob = quota("bob", "1/min");
		decide(alice);
		List<Outcome> outcomes = this.backend.decide(List.of(group(bob, alice), group(bob)));
		assertThat(outcomes).extracting(Outcome::isAllowed).containsExactly(true, false, true);
		assertThat(outcomes).extracting(Outcome::remaining).containsExactly(1L, 0L, 0L);
	}

	@Test
	void shadowIsRecordedLikeAnyOther() {
		Quota tried = shadow(quota("alice", "2/min"));
		assertAllowed(decide(shadowGroup(tried)).get(0), 1, MINUTE);
		pass(Duration.ofSeconds(10));
		assertAllowed(decide(shadowGroup(tried)).get(0), 0, Duration.ofSeconds(50));
		assertDenied(decide(shadowGroup(tried)).get(0), 0, Duration.ofSeconds(50), Duration.ofSeconds(50));
		pass(Duration.ofSeconds(50));
		assertAllowed(decide(shadowGroup(tried)).get(0), 0, Duration.ofSeconds(10));
	}

	@Test
	void shadowAndEnforcedQuotasAreCountedSeparately() {
		Quota live = quota("alice", "2/min");
		decide(live);
		assertAllowed(peek(shadow(live)), 2, Duration.ZERO);
		decide(shadowGroup(shadow(live)));
		assertAllowed(peek(live), 1, MINUTE);
		assertAllowed(peek(shadow(live)), 1, MINUTE);
		this.backend.reset(live.client(), USER);
		assertAllowed(peek(live), 2, Duration.ZERO);
		assertAllowed(peek(shadow(live)), 2, Duration.ZERO);
	}

	@Test
	void deniedShadowTakesNothingFromAnEnforcedQuota() {
		Quota live = quota("alice", "3/min");
		Quota tried = shadow(quota("alice", "1/min"));
		for (int left = 2; left >= 0; left--) {
			List<Outcome> outcomes = this.backend.decide(List.of(group(live), shadowGroup(tried)));
			assertAllowed(outcomes.get(0), left, MINUTE);
			assertThat(outcomes.get(1).isAllowed()).isEqualTo(left == 2);
		}
		assertThat(decide(live).isAllowed()).isFalse();
	}

	@Test
	void shadowIsNotRecordedIfAnEnforcedQuotaIsDenied() {
		Quota live = quota("alice", "1/min");
		Quota other = quota("bob", "9/min");
		Quota tried = shadow(quota("alice", "5/min"));
		assertThat(this.backend.decide(List.of(group(live), group(other), shadowGroup(tried))))
			.extracting(Outcome::remaining)
			.containsExactly(0L, 8L, 4L);
		List<Outcome> outcomes = this.backend.decide(List.of(group(live), group(other), shadowGroup(tried)));
		assertDenied(outcomes.get(0), 0, MINUTE, MINUTE);
		assertAllowed(outcomes.get(1), 7, MINUTE);
		assertAllowed(outcomes.get(2), 4, MINUTE);
		assertAllowed(peek(tried), 4, MINUTE);
	}

	@Test
	void shadowIsRecordedThoughAnotherShadowIsDenied() {
		Quota live = quota("alice", "9/min");
		Quota narrow = shadow(quota("alice", "1/min"));
		Quota wide = new Quota(narrow.client(), Policy.of("user-hour", Rate.parse("5/hour")).asShadow());
		List<QuotaGroup> groups = List.of(group(live), shadowGroup(narrow), shadowGroup(wide));
		this.backend.decide(groups);
		assertThat(this.backend.decide(groups)).extracting(Outcome::isAllowed).containsExactly(true, false, true);
		assertAllowed(peek(live), 7, MINUTE);
		assertAllowed(peek(wide), 3, HOUR);
	}

	@Test
	void shadowGroupIsRecordedAsAWholeOrNotAtAll() {
		Quota narrow = shadow(quota("alice", "1/min"));
		Quota wide = new Quota(narrow.client(), Policy.of("user-hour", Rate.parse("5/hour")).asShadow());
		decide(shadowGroup(narrow, wide));
		assertThat(decide(shadowGroup(narrow, wide))).extracting(Outcome::isAllowed).containsExactly(false, true);
		assertAllowed(peek(wide), 4, HOUR);
	}

	@Test
	void exactlyTheLimitOfAShadowIsRecordedByManyThreads() throws Exception {
		for (int round = 0; round < Math.min(20, rounds()); round++) {
			Quota live = quota("alice" + round, "150/day");
			Quota wide = shadow(quota("alice" + round, "300/day"));
			Quota narrow = new Quota(wide.client(), Policy.of("narrow", Rate.parse("100/day")).asShadow());
			List<QuotaGroup> groups = List.of(group(live), shadowGroup(wide), shadowGroup(narrow));
			long admitted = sumOverThreads((thread) -> {
				long count = 0;
				for (int i = 0; i < 20; i++) {
					count += this.backend.decide(groups).get(0).isAllowed() ? 1 : 0;
				}
				return count;
			});
			assertThat(admitted).isEqualTo(150);
			assertThat(peek(wide).remaining()).isEqualTo(150);
			assertThat(peek(narrow).remaining()).isZero();
		}
	}

	@Test
	void peekAnswersForSeveralClients() {
		decide(quota("alice", "1/min"));
		List<Outcome> outcomes = peek(group(quota("bob", "3/min", 2), quota("alice", "1/min"), quota("bob", "3/min")));
		assertAllowed(outcomes.get(0), 3, Duration.ZERO);
		assertDenied(outcomes.get(1), 0, MINUTE, MINUTE);
		assertAllowed(outcomes.get(2), 3, Duration.ZERO);
	}

}
