package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FailureAnswers} and {@link KnownDenials}.
 */
class FailureAnswersTests {

	private static final Map<String, OnFailure> ON_FAILURE = Map.of("local", OnFailure.LOCAL, "allow", OnFailure.ALLOW,
			"deny", OnFailure.DENY);

	private final MemoryCacheBackend local = MemoryCacheBackend.builder().clock(() -> 0).build();

	private final FailureAnswers answers = new FailureAnswers(this.local, (policy) -> ON_FAILURE.get(policy.name()));

	@AfterEach
	void close() {
		this.local.close();
	}

	@Test
	void outcomesSayWhoDecided() {
		List<QuotaGroup> groups = List.of(new QuotaGroup(List.of(quota("local"), quota("allow"))));
		assertThat(this.answers.decide(groups)).extracting(Outcome::decidedBy)
			.containsExactly(DecidedBy.LOCAL, DecidedBy.NOBODY);
		assertThat(this.answers.decide(groups)).extracting(Outcome::isAllowed).containsExactly(false, true);
		assertThat(this.answers.peek(groups.get(0))).extracting(Outcome::decidedBy)
			.containsExactly(DecidedBy.LOCAL, DecidedBy.NOBODY);
		assertThat(this.local.decide(quota("local")).get(0).decidedBy()).isEqualTo(DecidedBy.BACKEND);
	}

	@Test
	void stagesAreAnsweredAlikeAndDoNotThrow() {
		List<QuotaGroup> groups = List.of(new QuotaGroup(List.of(quota("local"), quota("allow"))));
		assertThat(join(this.answers.decideAsync(groups, Runnable::run))).extracting(Outcome::decidedBy)
			.containsExactly(DecidedBy.LOCAL, DecidedBy.NOBODY);
		assertThat(join(this.answers.peekAsync(groups.get(0), Runnable::run))).extracting(Outcome::isAllowed)
			.containsExactly(false, true);
		List<QuotaGroup> denied = List.of(new QuotaGroup(List.of(quota("deny"))));
		for (CompletionStage<List<Outcome>> stage : List.of(this.answers.decideAsync(denied, Runnable::run),
				this.answers.peekAsync(denied.get(0), Runnable::run))) {
			assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> join(stage))
				.withCauseInstanceOf(BackendUnavailableException.class);
		}
	}

	private static List<Outcome> join(CompletionStage<List<Outcome>> stage) {
		return stage.toCompletableFuture().join();
	}

	@Test
	void whatIsOnlyTriedRefusesNoRequest() {
		assertThatExceptionOfType(BackendUnavailableException.class)
			.isThrownBy(() -> this.answers.decide(List.of(new QuotaGroup(List.of(quota("deny"))))));
		assertThat(this.answers.decide(List.of(new QuotaGroup(List.of(quota("local"))), shadow("deny"))))
			.extracting(Outcome::isAllowed)
			.containsExactly(true, true);
	}

	@Test
	void whatIsOnlyTriedIsCountedHereAsItIsInTheStore() {
		List<QuotaGroup> groups = List.of(new QuotaGroup(List.of(quota("local"))), shadow("local"));
		assertThat(this.answers.decide(groups)).extracting(Outcome::isAllowed).containsExactly(true, true);
		Quota tried = shadow("local").quotas().get(0);
		assertThat(this.local.peek(new QuotaGroup(List.of(tried)))).extracting(Outcome::remaining).containsExactly(0L);
		assertThat(this.answers.decide(groups)).extracting(Outcome::isAllowed).containsExactly(false, false);
		this.local.reset(tried.client(), tried.policies().get(0).scope());
		assertThat(this.answers.decide(groups)).extracting(Outcome::isAllowed).containsExactly(true, true);
	}

	@Test
	void requestIsKnownToBeDeniedWhateverIsTried() {
		KnownDenials known = new KnownDenials(Duration.ofSeconds(1));
		List<QuotaGroup> groups = List.of(new QuotaGroup(List.of(quota("local"))), shadow("local"));
		Outcome denied = new Outcome(false, 0, 1_000_000_000, 1_000_000_000, null);
		Outcome allowed = new Outcome(true, 1, 0, 0, null);
		known.record(groups, List.of(denied, allowed), 0, 0);
		assertThat(known.find(groups, 10)).extracting(Outcome::isAllowed).containsExactly(false, true);
		known.record(groups, List.of(allowed, denied), 0, 20);
		assertThat(known.find(groups, 30)).isNull();
		List<QuotaGroup> onlyTried = List.of(shadow("local"));
		known.record(onlyTried, List.of(denied), 0, 40);
		assertThat(known.find(onlyTried, 50)).isNull();
	}

	private static Quota quota(String policy) {
		return new Quota(Client.user("alice"), Policy.of(policy, Rate.parse("1/day")));
	}

	private static QuotaGroup shadow(String policy) {
		Quota quota = quota(policy);
		return new QuotaGroup(List.of(new Quota(quota.client(), quota.policies().get(0).asShadow())), true);
	}

}
