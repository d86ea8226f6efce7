package dev.throttle.backend.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KnownDenials}.
 */
class KnownDenialsTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private static final Quota ALICE = new Quota(Client.user("alice"), Policy.of("user", Rate.parse("10/min")));

	private static final Quota BOB = new Quota(Client.user("bob"), Policy.of("user", Rate.parse("10/min")));

	private static final Quota ADDRESS = new Quota(Client.address("192.0.2.1"), Policy.of("ip", Rate.parse("1/min")));

	private final KnownDenials denials = new KnownDenials(Duration.ofSeconds(10));

	@Test
	void sameRequestIsKnownToBeDenied() {
		note(ADDRESS);
		assertThat(this.denials.find(request(ADDRESS), 1 * SECOND)).singleElement()
			.satisfies((outcome) -> assertThat(outcome.waitNanos()).isEqualTo(4 * SECOND));
		assertThat(this.denials.find(request(ALICE, ADDRESS), 1 * SECOND)).isNull();
	}

	@Test
	void denialIsKnownUntilItsWaitIsOver() {
		note(ADDRESS);
		assertThat(this.denials.find(request(ADDRESS), 5 * SECOND - 1)).isNotNull();
		assertThat(this.denials.find(request(ADDRESS), 5 * SECOND)).isNull();
	}

	@Test
	void denialThatBecameKnownMeanwhileIsNotDatedBack() {
		Instant decidedAt = Instant.parse("2026-11-01T00:00:00Z");
		this.denials.record(request(ADDRESS), List.of(new Outcome(false, 0, 5 * SECOND, 5 * SECOND, decidedAt)),
				this.denials.generation(request(ADDRESS)), 2 * SECOND);
		assertThat(this.denials.find(request(ADDRESS), 1 * SECOND)).singleElement().satisfies((outcome) -> {
			assertThat(outcome.decidedAt()).isEqualTo(decidedAt);
			assertThat(outcome.waitNanos()).isEqualTo(5 * SECOND);
		});
	}

	@Test
	void waitOfMonthsLeadsToTheSameBoundaryHoweverLateItIsAsked() {
		KnownDenials denials = new KnownDenials(Duration.ofDays(1000));
		Quota year = new Quota(Client.user("alice"), Policy.of("exports", Rate.parse("10/calendar-year")));
		Instant boundary = Instant.parse("2027-01-01T00:00:00Z");
		Instant decidedAt = boundary.minus(Duration.ofDays(300));
		long wait = Duration.ofDays(300).toNanos();
		denials.record(request(year), List.of(new Outcome(false, 0, wait, wait, decidedAt)),
				denials.generation(request(year)), 0);
		for (long passed : new long[] { 0, 1, Duration.ofDays(299).toNanos(), wait - 1 }) {
			Outcome known = denials.find(request(year), passed).get(0);
			assertThat(known.decidedAt().plusNanos(known.waitNanos())).isEqualTo(boundary);
			assertThat(known.resetNanos()).isEqualTo(known.waitNanos());
		}
		assertThat(denials.find(request(year), wait)).isNull();
	}

	@Test
	void denialIsKnownUntilOneOfItsHistoriesGetsAnotherAnswer() {
		Quota same = new Quota(ALICE.client(), Policy.of("filter", Rate.parse("600/min")));
		note(ALICE, ADDRESS);
		allow(same);
		assertThat(this.denials.find(request(ALICE, ADDRESS), 0)).isNotNull();
		allow(ADDRESS);
		assertThat(this.denials.find(request(ALICE, ADDRESS), 0)).isNull();
	}

	@Test
	void allIsForgottenOfClientsThatShareAnother() {
		note(ALICE, ADDRESS);
		note(BOB, ADDRESS);
		this.denials.forgetAll();
		assertThat(this.denials.find(request(ALICE, ADDRESS), 0)).isNull();
		assertThat(this.denials.find(request(BOB, ADDRESS), 0)).isNull();
	}

	@Test
	void answerToWhatWasAskedBeforeAllWasForgottenIsNotKnown() {
		long before = this.denials.generation(request(ADDRESS));
		this.denials.forgetAll();
		note(before, ADDRESS);
		assertThat(this.denials.find(request(ADDRESS), 0)).isNull();
	}

	@Test
	void denialIsForgottenWithEachOfItsHistoriesAndNoOtherIs() {
		note(ALICE, ADDRESS);
		note(BOB);
		this.denials.forget(ADDRESS);
		assertThat(this.denials.find(request(ALICE, ADDRESS), 0)).isNull();
		assertThat(this.denials.find(request(BOB), 0)).isNotNull();
	}

	@Test
	void denialIsForgottenWithAHistoryThatAnotherDenialShares() {
		note(ALICE, ADDRESS);
		note(BOB, ADDRESS);
		this.denials.forget(ADDRESS);
		assertThat(this.denials.find(request(ALICE, ADDRESS), 0)).isNull();
		assertThat(this.denials.find(request(BOB, ADDRESS), 0)).isNull();
	}

	@Test
	void answerToWhatWasAskedBeforeOneOfItsHistoriesWasForgottenIsNotKnown() {
		long both = this.denials.generation(request(ALICE, ADDRESS));
		long bob = this.denials.generation(request(BOB));
		this.denials.forget(ADDRESS);
		note(both, ALICE, ADDRESS);
		assertThat(this.denials.find(request(ALICE, ADDRESS), 0)).isNull();
		note(bob, BOB);
		assertThat(this.denials.find(request(BOB), 0)).isNotNull();
		note(ALICE, ADDRESS);
		assertThat(this.denials.find(request(ALICE, ADDRESS), 0)).isNotNull();
	}

	private void note(Quota... quotas) {
		note(this.denials.generation(request(quotas)), quotas);
	}

	private void note(long generation, Quota... quotas) {
		List<QuotaGroup> request = request(quotas);
		this.denials.record(request, List.of(quotas).stream().map((quota) -> denied()).toList(), generation, 0);
	}

	private void allow(Quota quota) {
		Outcome allowed = new Outcome(true, 1, 0, 5 * SECOND, null);
		this.denials.record(request(quota), List.of(allowed), this.denials.generation(request(quota)), 0);
	}

	private static List<QuotaGroup> request(Quota... quotas) {
		return List.of(new QuotaGroup(List.of(quotas)));
	}

	private static Outcome denied() {
		return new Outcome(false, 0, 5 * SECOND, 5 * SECOND, null);
	}

}
