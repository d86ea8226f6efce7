package dev.throttle.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract of a {@link CacheBackend}. To test a backend, extend this class, create
 * the backend and move its clock. To test its asynchronous methods, too, add a second
 * subclass that wraps the backend in an {@link AsyncCacheBackend}.
 * <p>
 * No two tests use the same clients, so that a backend may keep its histories from one
 * test to the next.
 *
 * @since 1.0.0
 */
public abstract class CacheBackendContractTests extends GroupContractTests {

	@Test
	void exactlyTheLimitIsAdmitted() {
		Quota quota = quota("alice", "3/min");
		assertAllowed(decide(quota), 2, MINUTE);
		assertAllowed(decide(quota), 1, MINUTE);
		assertAllowed(decide(quota), 0, MINUTE);
		assertDenied(decide(quota), 0, MINUTE, MINUTE);
	}

	@Test
	void entryExpiresExactlyWhenItIsAsOldAsThePeriod() {
		Quota quota = quota("alice", "2/min");
		decide(quota);
		pass(Duration.ofSeconds(10));
		decide(quota);
		pass(Duration.ofSeconds(50).minus(resolution()));
		assertDenied(decide(quota), 0, resolution(), resolution());
		pass(resolution());
		assertAllowed(decide(quota), 0, Duration.ofSeconds(10));
		pass(Duration.ofSeconds(10).minus(resolution()));
		assertDenied(decide(quota), 0, resolution(), resolution());
		pass(resolution());
		assertAllowed(decide(quota), 0, Duration.ofSeconds(50));
	}

	@Test
	void windowOfOneSecondIsExact() {
		Quota quota = quota("alice", "1/s");
		for (int i = 0; i < 3; i++) {
			assertAllowed(decide(quota), 0, Duration.ofSeconds(1));
			pass(Duration.ofSeconds(1).minus(resolution()));
			assertDenied(decide(quota), 0, resolution(), resolution());
			pass(resolution());
		}
	}

	@Test
	void historyIsEmptyAgainWhenAllEntriesHaveExpired() {
		Quota quota = quota("alice", "3/min");
		decide(quota);
		decide(quota);
		pass(MINUTE);
		assertAllowed(peek(quota), 3, Duration.ZERO);
		assertAllowed(decide(quota), 2, MINUTE);
	}

	@Test
	void deniedRequestIsNotRecorded() {
		Quota quota = quota("alice", "2/min");
		decide(quota);
		decide(quota);
		for (int second = 0; second < 60; second++) {
			Duration left = MINUTE.minusSeconds(second);
			assertDenied(decide(quota), 0, left, left);
			pass(Duration.ofSeconds(1));
		}
		assertAllowed(decide(quota), 1, MINUTE);
	}

	@Test
	void resetIsWhenTheOldestEntryExpires() {
		Quota quota = quota("alice", "5/min");
		assertAllowed(decide(quota), 4, MINUTE);
		pass(Duration.ofSeconds(20));
		assertAllowed(decide(quota), 3, Duration.ofSeconds(40));
		pass(Duration.ofSeconds(40));
		assertAllowed(decide(quota), 3, Duration.ofSeconds(20));
	}

	@Test
	void limitOfZeroDeniesForever() {
		assertDenied(decide(quota("alice", "0/min")), 0, NEVER, MINUTE);
		assertDenied(decide(quota("alice", "0/min", 7)), 0, NEVER, MINUTE);
		assertDenied(peek(quota("alice", "0/min")), 0, NEVER, MINUTE);
		assertAllowed(decide(quota("alice", "1/min")), 0, MINUTE);
	}

	@Test
	void costTakesAsManyPermits() {
		assertAllowed(decide(quota("alice", "10/min", 7)), 3, MINUTE);
		assertDenied(decide(quota("alice", "10/min", 4)), 3, MINUTE, MINUTE);
		assertAllowed(decide(quota("alice", "10/min", 3)), 0, MINUTE);
	}

	@Test
	void costAboveTheLimitIsNeverAllowed() {
		assertDenied(decide(quota("alice", "10/min", 11)), 10, NEVER, Duration.ZERO);
		assertDenied(decide(quota("alice", "10/min", Long.MAX_VALUE)), 10, NEVER, Duration.ZERO);
		assertAllowed(decide(quota("alice", "10/min", 10)), 0, MINUTE);
		assertDenied(decide(quota("alice", "10/min", 11)), 0, NEVER, MINUTE);
		assertDenied(decide(quota("alice", "10/min", 11)), 0, NEVER, MINUTE);
	}

	@Test
	void waitIsUntilEnoughEntriesHaveExpired() {
		decide(quota("alice", "10/min", 3));
		pass(Duration.ofSeconds(10));
		decide(quota("alice", "10/min", 1));
		pass(Duration.ofSeconds(10));
		decide(quota("alice", "10/min", 4));
		pass(Duration.ofSeconds(10));
		Duration reset = Duration.ofSeconds(30);
		assertDenied(decide(quota("alice", "10/min", 3)), 2, Duration.ofSeconds(30), reset);
		assertDenied(decide(quota("alice", "10/min", 5)), 2, Duration.ofSeconds(30), reset);
		assertDenied(decide(quota("alice", "10/min", 6)), 2, Duration.ofSeconds(40), reset);
		assertDenied(decide(quota("alice", "10/min", 7)), 2, Duration.ofSeconds(50), reset);
		assertDenied(decide(quota("alice", "10/min", 10)), 2, Duration.ofSeconds(50), reset);
		assertDenied(decide(quota("alice", "10/min", 11)), 2, NEVER, reset);
		pass(Duration.ofSeconds(40));
		assertAllowed(decide(quota("alice", "10/min", 6)), 0, Duration.ofSeconds(10));
	}

	@Test
	void costsMayDifferAfterManyOfOne() {
		for (int i = 0; i < 20; i++) {
			decide(quota("alice", "100/min"));
			pass(Duration.ofSeconds(1));
		}
		assertAllowed(decide(quota("alice", "100/min", 70)), 10, Duration.ofSeconds(40));
		assertDenied(decide(quota("alice", "100/min", 15)), 10, Duration.ofSeconds(44), Duration.ofSeconds(40));
		pass(Duration.ofSeconds(50));
		assertAllowed(peek(quota("alice", "100/min")), 21, Duration.ofSeconds(1));
		pass(Duration.ofSeconds(9));
		assertAllowed(peek(quota("alice", "100/min")), 30, Duration.ofSeconds(1));
		pass(Duration.ofSeconds(1));
		assertAllowed(peek(quota("alice", "100/min")), 100, Duration.ZERO);
	}

	@Test
	void peekRecordsNothing() {
		Quota quota = quota("alice", "2/min");
		for (int i = 0; i < 5; i++) {
			assertAllowed(peek(quota), 2, Duration.ZERO);
		}
		decide(quota);
		for (int i = 0; i < 5; i++) {
			assertAllowed(peek(quota), 1, MINUTE);
		}
		decide(quota);
		assertDenied(peek(quota), 0, MINUTE, MINUTE);
	}

	@Test
	void resetForgetsOneScopeOfAClient() {
		Quota alice = quota("alice", "1/min");
		Quota uploads = new Quota(alice.client(), Policy.of("uploads", Rate.parse("1/hour")));
		Quota bob = quota("bob", "1/min");
		decide(group(alice, uploads, bob));
		assertDenied(decide(alice), 0, MINUTE, MINUTE);
		this.backend.reset(alice.client(), USER);
		assertAllowed(peek(alice), 1, Duration.ZERO);
		assertAllowed(decide(alice), 0, MINUTE);
		assertDenied(decide(uploads), 0, HOUR, HOUR);
		assertDenied(decide(bob), 0, MINUTE, MINUTE);
	}

	@Test
	void resetOfAnUnknownHistoryDoesNothing() {
		this.backend.reset(client("nobody"), USER);
		assertAllowed(decide(quota("nobody", "1/min")), 0, MINUTE);
	}

	@Test
	void loweredLimitKeepsLiveEntries() {
		for (int i = 0; i < 5; i++) {
			decide(quota("alice", "5/min"));
			pass(Duration.ofSeconds(10));
		}
		assertDenied(decide(quota("alice", "2/min")), 0, Duration.ofSeconds(40), Duration.ofSeconds(40));
		assertDenied(decide(quota("alice", "1/min")), 0, Duration.ofSeconds(50), Duration.ofSeconds(50));
		assertDenied(decide(quota("alice", "2/min", 2)), 0, Duration.ofSeconds(50), Duration.ofSeconds(40));
		assertDenied(decide(quota("alice", "0/min")), 0, NEVER, MINUTE);
		assertDenied(decide(quota("alice", "5/min")), 0, Duration.ofSeconds(10), Duration.ofSeconds(10));
		pass(Duration.ofSeconds(40).minus(resolution()));
		assertDenied(decide(quota("alice", "2/min")), 0, resolution(), resolution());
		pass(resolution());
		assertAllowed(decide(quota("alice", "2/min")), 0, Duration.ofSeconds(10));
	}

	@Test
	void raisedLimitTakesEffectAtOnce() {
		decide(quota("alice", "1/min"));
		assertDenied(decide(quota("alice", "1/min")), 0, MINUTE, MINUTE);
		assertAllowed(decide(quota("alice", "3/min")), 1, MINUTE);
		assertAllowed(decide(quota("alice", "3/min")), 0, MINUTE);
		assertDenied(decide(quota("alice", "3/min")), 0, MINUTE, MINUTE);
	}

	@Test
	void shorterPeriodForgetsNothingThatALongerOneStillCounts() {
		decide(quota("alice", "2/min"));
		pass(Duration.ofSeconds(30));
		decide(quota("alice", "2/min"));
		pass(Duration.ofSeconds(5));
		assertAllowed(peek(quota("alice", "2/10s")), 1, Duration.ofSeconds(5));
		assertDenied(decide(quota("alice", "2/min")), 0, Duration.ofSeconds(25), Duration.ofSeconds(25));
	}

	@Test
	void longerPeriodKeepsTheEntriesThatAreLive() {
		decide(quota("alice", "2/10s"));
		pass(Duration.ofSeconds(5));
		decide(quota("alice", "2/10s"));
		assertDenied(decide(quota("alice", "2/min")), 0, Duration.ofSeconds(55), Duration.ofSeconds(55));
		assertDenied(decide(quota("alice", "2/10s")), 0, Duration.ofSeconds(5), Duration.ofSeconds(5));
		pass(Duration.ofSeconds(5));
		assertDenied(peek(quota("alice", "2/min")), 0, Duration.ofSeconds(50), Duration.ofSeconds(50));
	}

	@Test
	void expiredEntryStaysExpiredUnderALongerPeriod() {
		decide(quota("alice", "1/10s"));
		pass(Duration.ofSeconds(10));
		assertAllowed(decide(quota("alice", "1/min")), 0, MINUTE);
	}

	@Test
	void policiesAreCountedSeparately() {
		Client alice = client("alice");
		assertAllowed(decide(new Quota(alice, Policy.of("user", Rate.parse("1/min")))), 0, MINUTE);
		assertAllowed(decide(new Quota(alice, Policy.of("uploads", Rate.parse("1/min")))), 0, MINUTE);
		assertAllowed(decide(new Quota(alice, Policy.of("user-1", Rate.parse("1/min")))), 0, MINUTE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "api-key", "API_KEY", "apikey", "api.key" })
	void spellingOfThePolicyDoesNotMatter(String name) {
		decide(new Quota(client("alice"), Policy.of("api_key", Rate.parse("2/min"))));
		assertAllowed(decide(new Quota(client("alice"), Policy.of(name, Rate.parse("2/min")))), 0, MINUTE);
		assertDenied(decide(new Quota(client("alice"), Policy.of("api_key", Rate.parse("2/min")))), 0, MINUTE, MINUTE);
		this.backend.reset(client("alice"), Scope.of(name));
		assertAllowed(peek(new Quota(client("alice"), Policy.of("api_key", Rate.parse("2/min")))), 2, Duration.ZERO);
	}

	@Test
	void clientsAreCountedSeparatelyHoweverTheyAreWritten() {
		String[] kinds = { "user", "address", "user|a", "{user}", "us er" };
		String[] idents = { "192.0.2.1", "", "a", "a:b", ":", "{a}", "}", "a|b", "a\\|b", "ä", "a\nb", "a\u0000", "A",
				" a", "*", "\uD83D\uDE00" };
		for (String kind : kinds) {
			for (String ident : idents) {
				for (boolean secret : new boolean[] { false, true }) {
					Client client = new Client(kind + this.unique, ident, secret);
					assertAllowed(decide(new Quota(client, quota("alice", "1/min").policies(), 1)), 0, MINUTE);
				}
			}
		}
		Client same = new Client("user|a" + this.unique, "a:b", true);
		assertDenied(decide(new Quota(same, quota("alice", "1/min").policies(), 1)), 0, MINUTE, MINUTE);
	}

	@Test
	void hugeLimitIsExact() {
		for (int i = 0; i < 2_000; i++) {
			assertThat(decide(quota("alice", "100000/day")).remaining()).isEqualTo(99_999 - i);
		}
		pass(HOUR);
		assertAllowed(decide(quota("alice", "100000/day", 98_000)), 0, Duration.ofHours(23));
		assertDenied(decide(quota("alice", "100000/day", 2_000)), 0, Duration.ofHours(23), Duration.ofHours(23));
		assertDenied(decide(quota("alice", "100000/day", 2_001)), 0, Duration.ofHours(24), Duration.ofHours(23));
		pass(Duration.ofHours(23));
		assertAllowed(decide(quota("alice", "100000/day", 2_000)), 0, HOUR);
		pass(HOUR);
		assertAllowed(peek(quota("alice", "100000/day")), 98_000, Duration.ofHours(23));
	}

	@Test
	void largestLimitIsExact() {
		Quota one = new Quota(client("alice"), Policy.of("user", new Rate(Rate.MAX_LIMIT, MINUTE)));
		for (int i = 0; i < 20; i++) {
			assertAllowed(decide(quota(one, Rate.MAX_LIMIT - 1)), 1, MINUTE);
			assertAllowed(decide(one), 0, MINUTE);
			assertDenied(decide(one), 0, MINUTE, MINUTE);
			pass(MINUTE);
		}
	}

	@Test
	void exactlyTheLimitIsAdmittedToManyThreads() throws Exception {
		for (int round = 0; round < rounds(); round++) {
			Quota quota = quota("alice" + round, "1000/day");
			long admitted = sumOverThreads((thread) -> {
				long count = 0;
				for (int i = 0; i < 125; i++) {
					count += this.backend.decide(quota).get(0).isAllowed() ? 1 : 0;
				}
				return count;
			});
			assertThat(admitted).isEqualTo(1000);
		}
	}

	@Test
	void twoClientsInOppositeOrderAreDecidedExactly() throws Exception {
		for (int round = 0; round < Math.min(20, rounds()); round++) {
			Quota alice = quota("alice" + round, "200/day");
			Quota bob = quota("bob" + round, "300/day");
			long admitted = sumOverThreads((thread) -> {
				QuotaGroup group = (thread % 2 == 0) ? group(alice, bob) : group(bob, alice);
				long count = 0;
				for (int i = 0; i < 20; i++) {
					count += decide(group).stream().allMatch(Outcome::isAllowed) ? 1 : 0;
				}
				return count;
			});
			if (isAtomicAcrossClients()) {
				assertThat(admitted).isEqualTo(200);
				assertThat(peek(alice).remaining()).isZero();
				assertThat(peek(bob).remaining()).isEqualTo(100);
			}
			else {
				assertThat(admitted).isBetween(1L, 200L);
				assertThat(200 - peek(alice).remaining()).isBetween(admitted, 200L);
				assertThat(300 - peek(bob).remaining()).isBetween(admitted, 300L);
			}
		}
	}

	@Test
	void overlappingGroupsOfManyThreadsAddUp() throws Exception {
		Quota[] quotas = new Quota[6];
		for (int i = 0; i < quotas.length; i++) {
			quotas[i] = quota("client" + i, 300 * (i + 1) + "/day", 1 + i % 3);
		}
		AtomicLongArray used = new AtomicLongArray(quotas.length);
		sumOverThreads((thread) -> {
			Random random = new Random(thread);
			for (int i = 0; i < 3 * rounds(); i++) {
				List<QuotaGroup> groups = new ArrayList<>();
				List<List<Integer>> picked = new ArrayList<>();
				for (int c = 0; c <= random.nextInt(2); c++) {
					picked.add(random.ints(1 + random.nextInt(3), 0, quotas.length).boxed().toList());
					groups.add(new QuotaGroup(picked.get(c).stream().map((index) -> quotas[index]).toList()));
				}
				List<Outcome> outcomes = this.backend.decide(groups);
				int next = 0;
				for (List<Integer> indexes : picked) {
					List<Outcome> ofGroup = outcomes.subList(next, next += indexes.size());
					if (ofGroup.stream().allMatch(Outcome::isAllowed)) {
						indexes.forEach((index) -> used.addAndGet(index, quotas[index].cost()));
					}
				}
			}
			return 0;
		});
		for (int i = 0; i < quotas.length; i++) {
			long limit = quotas[i].policies().get(0).rate().limit();
			assertThat(used.get(i)).isPositive().isLessThanOrEqualTo(limit);
			long recorded = limit - peek(quotas[i]).remaining();
			if (isAtomicAcrossClients()) {
				assertThat(recorded).isEqualTo(used.get(i));
			}
			else {
				assertThat(recorded).isBetween(used.get(i), limit);
			}
		}
	}

}
