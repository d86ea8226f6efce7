package dev.throttle.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.InvalidVerdictException;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.ThrottleClock;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link ThrottleEngine}, where the caller waits.
 */
class ThrottleEngineTests {

	private final ThrottleClock clock = new ThrottleClock();

	private final RecordingBackend backend = new RecordingBackend("default", this.clock, new ArrayList<>());

	private final RecordingBackend other = new RecordingBackend("other", this.clock, this.backend.calls);

	private final List<String> events = new ArrayList<>();

	private final RateRegistry rates = new RateRegistry(Rates.none());

	Driver driver() {
		return Driver.SYNCHRONOUS;
	}

	@AfterEach
	void close() {
		this.rates.close();
	}

	@ParameterizedTest
	@EnumSource
	void requestWithoutThrottlesIsAllowed(Accounting accounting) {
		Decision decision = decide(engine(accounting), AppliedThrottles.NONE);
		assertThat(decision.isAllowed()).isTrue();
		assertThat(decision.results()).isEmpty();
		assertThat(decision.denials()).isEmpty();
		assertThat(decision.decisiveResult()).isNull();
		assertThat(decision.retryAfter()).isNull();
		decision.release();
		decision.release();
	}

	@ParameterizedTest
	@EnumSource
	void throttlesThatDoNotApplyAllow(Accounting accounting) {
		rate("user", "1/min");
		Decision decision = decide(accounting, throttle(Verdict.allow()), throttle(Verdict.count("user", null)));
		assertThat(decision.isAllowed()).isTrue();
		assertThat(decision.results()).isEmpty();
		assertThat(this.backend.calls).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void quotasDecide(Accounting accounting) {
		BaseThrottle throttle = throttle(count("alice", "user", "2/min"));
		assertThat(decide(accounting, throttle).isAllowed()).isTrue();
		assertThat(decide(accounting, throttle).isAllowed()).isTrue();
		Decision denied = decide(accounting, throttle);
		assertThat(denied.isAllowed()).isFalse();
		assertThat(denied.retryAfter()).isEqualTo(Duration.ofMinutes(1));
		assertThat(denials(denied)).containsExactly(tuple("throttle0", Duration.ofMinutes(1), false));
		this.clock.advance(Duration.ofMinutes(1));
		assertThat(decide(accounting, throttle).isAllowed()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void allQuotasGoToTheBackendAtOnce(Accounting accounting) {
		decide(accounting, throttle(count("alice", "user", "2/min")), throttle(Verdict.allow()),
				throttle(count("alice", "uploads", "2/min, 5/day")));
		assertThat(this.backend.calls).containsExactly((accounting == Accounting.INDEPENDENT)
				? "default decide [user] [uploads uploads-day]" : "default decide [user uploads uploads-day]");
	}

	@Test
	void loneShadowReachesTheBackendAsShadow() {
		decide(Accounting.ALL_OR_NOTHING, throttle(shadow("alice", "user", "2/min")));
		assertThat(this.backend.shadows).containsExactly(List.of(true));
	}

	@ParameterizedTest
	@EnumSource
	void everyThrottleIsAskedThoughAnotherDenies(Accounting accounting) {
		List<Integer> asked = new ArrayList<>();
		Verdict none = count("alice", "user", "0/min");
		BaseThrottle first = (request) -> {
			asked.add(1);
			return Verdict.deny(Duration.ofSeconds(5));
		};
		BaseThrottle second = (request) -> {
			asked.add(2);
			return none;
		};
		BaseThrottle third = (request) -> {
			asked.add(3);
			return Verdict.deny();
		};
		Decision decision = decide(accounting, first, second, third);
		assertThat(asked).containsExactly(1, 2, 3);
		assertThat(denials(decision)).containsExactly(tuple("throttle0", Duration.ofSeconds(5), false),
				tuple("throttle2", null, false), tuple("throttle1", null, true));
		assertThat(decision.retryAfter()).isNull();
	}

	@Test
	void throttleThatAnswersNullIsAnError() {
		assertThatExceptionOfType(InvalidVerdictException.class)
			.isThrownBy(() -> decide(Accounting.ALL_OR_NOTHING, throttle(Verdict.allow()), (request) -> null))
			.withMessage("The throttle 'throttle1' returned an invalid verdict: it is null")
			.satisfies((ex) -> assertThat(ex.getThrottle()).isEqualTo("throttle1"));
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MIN_VALUE })
	void costThatIsNotPositiveIsAnErrorOfTheThrottle(long cost) {
		assertThatExceptionOfType(InvalidVerdictException.class)
			.isThrownBy(() -> decide(Accounting.ALL_OR_NOTHING, releasing("a"),
					(request) -> Verdict.count("user", Client.user("alice"), cost)))
			.withMessage(
					"The throttle 'throttle1' returned an invalid verdict: the cost must be a positive whole number but is "
							+ cost);
		assertThat(this.events).as("gave back what they gave").containsExactly("a");
	}

	@Test
	void customDenialHasQuotasLookedAtWithoutRecording() {
		BaseThrottle counting = throttle(count("alice", "user", "1/min"));
		BaseThrottle denying = throttle(Verdict.deny(Duration.ofSeconds(5)));
		Decision decision = decide(Accounting.ALL_OR_NOTHING, counting, denying);
		assertThat(decision.retryAfter()).isEqualTo(Duration.ofSeconds(5));
		assertThat(decision.results()).extracting((result) -> result.outcome().remaining()).containsExactly(1L);
		assertThat(this.backend.calls).containsExactly("default peek [user]");
		assertThat(decide(Accounting.ALL_OR_NOTHING, counting).isAllowed()).isTrue();
		decision = decide(Accounting.ALL_OR_NOTHING, counting, denying);
		assertThat(decision.retryAfter()).isEqualTo(Duration.ofMinutes(1));
		assertThat(decision.denials()).hasSize(2);
	}

	@Test
	void customDenialHasQuotasRecordedWhereEachCountsForItself() {
		BaseThrottle counting = throttle(count("alice", "user", "1/min"));
		BaseThrottle denying = throttle(Verdict.deny(Duration.ofSeconds(5)));
		assertThat(decide(Accounting.INDEPENDENT, counting, denying).retryAfter()).isEqualTo(Duration.ofSeconds(5));
		assertThat(decide(Accounting.INDEPENDENT, counting, denying).retryAfter()).isEqualTo(Duration.ofMinutes(1));
		assertThat(decide(Accounting.INDEPENDENT, counting).isAllowed()).isFalse();
	}

	@Test
	void deniedRequestIsRecordedByNoThrottle() {
		BaseThrottle wide = throttle(count("alice", "user", "5/min"));
		BaseThrottle narrow = throttle(count("alice", "uploads", "1/hour"));
		decide(Accounting.ALL_OR_NOTHING, wide, narrow);
		for (int i = 0; i < 10; i++) {
			Decision denied = decide(Accounting.ALL_OR_NOTHING, wide, narrow);
			assertThat(denials(denied)).containsExactly(tuple("throttle1", Duration.ofHours(1), false));
			assertThat(denied.results()).extracting((result) -> result.outcome().remaining()).containsExactly(4L, 0L);
		}
	}

	@Test
	void eachThrottleRecordsWhatItAllows() {
		BaseThrottle wide = throttle(count("alice", "user", "5/min"));
		BaseThrottle narrow = throttle(count("alice", "uploads", "1/hour"));
		decide(Accounting.INDEPENDENT, wide, narrow);
		for (int i = 3; i >= 0; i--) {
			Decision denied = decide(Accounting.INDEPENDENT, wide, narrow);
			assertThat(denied.isAllowed()).isFalse();
			assertThat(denied.results()).extracting((result) -> result.outcome().remaining())
				.containsExactly((long) i, 0L);
		}
		assertThat(decide(Accounting.INDEPENDENT, wide, narrow).denials()).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void throttleOfTwoRatesIsOneThrottle(Accounting accounting) {
		BaseThrottle throttle = throttle(count("alice", "user", "2/min, 3/day"));
		assertThat(decide(accounting, throttle).isAllowed()).isTrue();
		assertThat(decide(accounting, throttle).results()).extracting((result) -> result.outcome().remaining())
			.containsExactly(0L, 1L);
		Decision denied = decide(accounting, throttle);
		assertThat(denials(denied)).containsExactly(tuple("throttle0", Duration.ofMinutes(1), false));
		assertThat(denied.results()).extracting((result) -> result.outcome().remaining()).containsExactly(0L, 1L);
		assertThat(denied.toException().getMessage()).contains("60 seconds");
		this.clock.advance(Duration.ofMinutes(1));
		assertThat(decide(accounting, throttle).isAllowed()).isTrue();
		for (int i = 0; i < 5; i++) {
			denied = decide(accounting, throttle);
			assertThat(denied.results()).extracting((result) -> result.outcome().isAllowed())
				.containsExactly(true, false);
			assertThat(denied.results()).extracting((result) -> result.outcome().remaining()).containsExactly(1L, 0L);
			assertThat(denied.retryAfter()).isEqualTo(Duration.ofDays(1).minusMinutes(1));
		}
	}

	@Test
	void sameHistoryAskedByTwoThrottlesIsSummed() {
		BaseThrottle throttle = throttle(count("alice", "user", "3/min"));
		assertThat(decide(Accounting.ALL_OR_NOTHING, throttle, throttle).isAllowed()).isTrue();
		assertThat(decide(Accounting.ALL_OR_NOTHING, throttle, throttle).denials()).hasSize(2);
		assertThat(decide(Accounting.ALL_OR_NOTHING, throttle).isAllowed()).isTrue();
	}

	@Test
	void sameHistoryAskedByTwoThrottlesIsAppliedInOrder() {
		BaseThrottle throttle = throttle(count("alice", "user", "3/min"));
		assertThat(decide(Accounting.INDEPENDENT, throttle, throttle).isAllowed()).isTrue();
		assertThat(decide(Accounting.INDEPENDENT, throttle, throttle).denials())
			.extracting((denial) -> denial.step().name())
			.containsExactly("throttle1");
		assertThat(decide(Accounting.INDEPENDENT, throttle).isAllowed()).isFalse();
	}

	@Test
	void severalBackendsAreLookedAtBeforeTheFirstRecords() {
		AppliedThrottles throttles = throttlesOfTwoBackends();
		Decision decision = decide(engine(Accounting.ALL_OR_NOTHING), throttles);
		assertThat(decision.isAllowed()).isTrue();
		assertThat(this.backend.calls).containsExactly("default peek [a c]", "other peek [b]", "default decide [a c]",
				"other decide [b]");
		assertThat(decision.results())
			.extracting((result) -> result.policy().name() + " " + result.outcome().remaining())
			.containsExactly("a 4", "b 0", "c 6");
		this.backend.calls.clear();
		decision = decide(engine(Accounting.ALL_OR_NOTHING), throttles);
		assertThat(this.backend.calls).containsExactly("default peek [a c]", "other peek [b]");
		assertThat(decision.denials()).extracting((denial) -> denial.step().name()).containsExactly("second");
		assertThat(decision.results())
			.extracting((result) -> result.policy().name() + " " + result.outcome().remaining())
			.containsExactly("a 4", "b 0", "c 6");
	}

	@Test
	void severalBackendsRecordEachForItself() {
		AppliedThrottles throttles = throttlesOfTwoBackends();
		decide(engine(Accounting.INDEPENDENT), throttles);
		Decision decision = decide(engine(Accounting.INDEPENDENT), throttles);
		assertThat(this.backend.calls).containsExactly("default decide [a] [c]", "other decide [b]",
				"default decide [a] [c]", "other decide [b]");
		assertThat(decision.results())
			.extracting((result) -> result.policy().name() + " " + result.outcome().remaining())
			.containsExactly("a 3", "b 0", "c 5");
	}

	@ParameterizedTest
	@EnumSource
	void secretIdentIsHashedBeforeItIsCounted(Accounting accounting) {
		String secret = "sk-0123456789";
		rate("key", "9/min");
		BaseThrottle plain = throttle(count("alice", "user", "9/min"));
		BaseThrottle hidden = throttle(Verdict.count("key", Client.secret("api-key", secret), 2));
		decide(accounting, plain, hidden, plain);
		assertThat(this.backend.quotas).hasSize(3);
		assertThat(this.backend.quotas).extracting((quota) -> quota.client().ident()).doesNotContain(secret);
		assertThat(this.backend.quotas.get(0).client()).isEqualTo(Client.user("alice"));
		Quota counted = this.backend.quotas.get(1);
		assertThat(counted.client().kind()).isEqualTo("api-key");
		assertThat(counted.client().isSecret()).isFalse();
		assertThat(counted.client().ident()).startsWith("\\~").doesNotContain(secret);
		assertThat(counted.policies().get(0)).isEqualTo(policy("key", "9/min"));
		assertThat(counted.cost()).isEqualTo(2);
		assertThat(engine(accounting).asCounted(Client.secret("api-key", secret))).isEqualTo(counted.client());
		decide(accounting, hidden);
		assertThat(this.backend.quotas.get(3)).isEqualTo(counted);
	}

	@Test
	void secretIdentsAreHashedUnderTheKey() {
		Client secret = Client.secret("key", "a");
		Client same = Client.secret("key", "a");
		Client different = Client.secret("key", "b");
		SecretIdents idents = SecretIdents.withKey("pepper");
		assertThat(idents.protect(secret)).isEqualTo(idents.protect(same)).isNotEqualTo(idents.protect(different));
		assertThat(SecretIdents.withKey("pepper").protect(secret)).isEqualTo(idents.protect(secret));
		assertThat(SecretIdents.withKey("salt").protect(secret)).isNotEqualTo(idents.protect(secret));
		assertThat(SecretIdents.withRandomKey().protect(secret))
			.isNotEqualTo(SecretIdents.withRandomKey().protect(secret));
	}

	@ParameterizedTest
	@EnumSource
	void releaseOfAnAllowedRequestRunsOnceWhenItIsOver(Accounting accounting) {
		Decision decision = decide(accounting, releasing("a"), throttle(count("alice", "user", "1/min")),
				releasing("b"));
		assertThat(this.events).isEmpty();
		decision.release();
		assertThat(this.events).containsExactly("a", "b");
		decision.release();
		assertThat(this.events).containsExactly("a", "b");
	}

	@ParameterizedTest
	@EnumSource
	void releaseRunsOnceWhenAnotherThrottleDenies(Accounting accounting) {
		Decision decision = decide(accounting, releasing("a"), throttle(Verdict.deny()), releasing("b"));
		assertThat(this.events).containsExactly("a", "b");
		decision.release();
		assertThat(this.events).containsExactly("a", "b");
	}

	@ParameterizedTest
	@EnumSource
	void releaseRunsOnceWhenAQuotaDenies(Accounting accounting) {
		decide(accounting, releasing("a"), throttle(count("alice", "user", "0/min"))).release();
		assertThat(this.events).containsExactly("a");
	}

	@ParameterizedTest
	@EnumSource
	void releaseRunsOnceWhenAThrottleThrows(Accounting accounting) {
		BaseThrottle throwing = (request) -> {
			throw new IllegalStateException("out of order");
		};
		assertThatIllegalStateException().isThrownBy(() -> decide(accounting, releasing("a"), throwing, releasing("b")))
			.withMessage("out of order");
		assertThat(this.events).containsExactly("a");
	}

	@ParameterizedTest
	@EnumSource
	void releaseRunsOnceWhenAThrottleThrowsWhatItDoesNotDeclare(Accounting accounting) {
		BaseThrottle throwing = (request) -> ThrottleEngineTests.<RuntimeException>sneak(new IOException("down"));
		assertThatThrownBy(() -> decide(accounting, releasing("a"), throwing))
			.hasStackTraceContaining("IOException: down");
		assertThat(this.events).containsExactly("a");
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> Verdict sneak(Throwable failure) throws E {
		throw (E) failure;
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsAskedAfterAFailure(Accounting accounting) {
		BaseThrottle counting = throttle(count("alice", "user", "1/min"));
		BaseThrottle throwing = (request) -> {
			throw new IllegalStateException("out of order");
		};
		BaseThrottle recording = (request) -> {
			this.events.add("asked");
			return Verdict.allow();
		};
		assertThatIllegalStateException().isThrownBy(() -> decide(accounting, counting, throwing, recording));
		assertThat(this.events).isEmpty();
		assertThat(this.backend.calls).isEmpty();
	}

	@Test
	void backendIsNotAskedAfterAnotherThatFailed() {
		this.backend.failing = true;
		AppliedThrottles throttles = throttlesOfTwoBackends();
		for (Accounting accounting : Accounting.values()) {
			assertThatIllegalStateException().isThrownBy(() -> decide(engine(accounting), throttles))
				.withMessage("down");
		}
		assertThat(this.backend.calls).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void releaseRunsOnceWhenTheBackendThrows(Accounting accounting) {
		this.backend.failing = true;
		assertThatIllegalStateException()
			.isThrownBy(() -> decide(accounting, releasing("a"), throttle(count("alice", "user", "1/s"))))
			.withMessage("down");
		assertThat(this.events).containsExactly("a");
	}

	@Test
	void releaseThatThrowsKeepsNoOtherFromRunning() {
		BaseThrottle failing = throttle(Verdict.allow(() -> {
			this.events.add("failing");
			throw new AssertionError("expected");
		}));
		Decision decision = decide(Accounting.ALL_OR_NOTHING, releasing("a"), failing, releasing("b"));
		decision.release();
		decision.release();
		assertThat(this.events).containsExactly("a", "failing", "b");
	}

	@Test
	void releaseThatReleasesRunsOnce() {
		List<Decision> decisions = new ArrayList<>();
		BaseThrottle nested = throttle(Verdict.allow(() -> {
			this.events.add("nested");
			decisions.get(0).release();
		}));
		decisions.add(decide(Accounting.ALL_OR_NOTHING, nested, releasing("b")));
		decisions.get(0).release();
		assertThat(this.events).containsExactly("nested", "b");
	}

	@Test
	void retryAfterIsUnknownWhereNoDenyingThrottleKnows() {
		Decision decision = decide(Accounting.ALL_OR_NOTHING, throttle(Verdict.deny()));
		assertThat(decision.isAllowed()).isFalse();
		assertThat(decision.retryAfter()).isNull();
		assertThat(decision.toException().getMessage()).isEqualTo("Request was throttled.");
	}

	@Test
	void retryAfterIsTheLongestThatIsKnown() {
		Decision decision = decide(Accounting.ALL_OR_NOTHING, throttle(Verdict.deny(Duration.ofSeconds(3))),
				throttle(Verdict.deny()), throttle(Verdict.deny(Duration.ofSeconds(7))),
				throttle(Verdict.deny(Duration.ofSeconds(-7))));
		assertThat(decision.retryAfter()).isEqualTo(Duration.ofSeconds(7));
		assertThat(decision.denials()).extracting(Decision.Denial::retryAfter)
			.containsExactly(Duration.ofSeconds(3), null, Duration.ofSeconds(7), Duration.ZERO);
	}

	@Test
	void requestThatThereIsNeverRoomForHasNoRetryAfter() {
		rate("uploads", "0/min");
		rate("user", "5/min");
		Verdict tooCostly = count("alice", List.of(Scope.of("uploads"), Scope.of("user")), 6);
		Decision decision = decide(Accounting.ALL_OR_NOTHING, throttle(Verdict.deny(Duration.ofSeconds(3))),
				throttle(tooCostly));
		assertThat(decision.retryAfter()).isNull();
		assertThat(decision.toException().isCostAboveLimit()).isTrue();
		assertThat(denials(decision)).containsExactly(tuple("throttle0", Duration.ofSeconds(3), false),
				tuple("throttle1", null, true));
	}

	@Test
	void violatedPoliciesAreThoseOfTheQuotasThatDeny() {
		Decision decision = decide(Accounting.ALL_OR_NOTHING, throttle(count("alice", "user", "5/min")),
				throttle(count("alice", "uploads", "0/min")), throttle(count("bob", "uploads", "0/min")));
		assertThat(decision.toException().getViolatedPolicies()).containsExactly("uploads");
	}

	@ParameterizedTest
	@EnumSource
	void limitOfZeroHasNoRetryAfter(Accounting accounting) {
		decide(accounting, throttle(count("alice", "user", "1/min")));
		Decision decision = decide(accounting, throttle(count("alice", "user", "1/min")),
				throttle(count("alice", "uploads", "0/min")));
		assertThat(decision.retryAfter()).isNull();
		assertThat(decision.decisiveResult()).isNotNull();
		assertThat(decision.decisiveResult().policy().name()).isEqualTo("uploads");
		assertThat(decision.toException())
			.hasMessage("Request was throttled. The limit never allows it, so waiting does not help.");
	}

	@Test
	void decisiveUseOfAnAllowedRequestHasTheLeastRemainingShare() {
		rate("b", "3/min");
		rate("c", "4/min");
		Decision decision = decide(Accounting.ALL_OR_NOTHING, throttle(count("alice", "a", "100/min")),
				throttle(count("alice", List.of(Scope.of("b"), Scope.of("c")), 1)));
		assertThat(decision.decisiveResult()).isNotNull();
		assertThat(decision.decisiveResult().policy().name()).isEqualTo("b");
		assertThat(decision.decisiveResult().step().name()).isEqualTo("throttle1");
	}

	@Test
	void decisiveUseOfADenialHasTheLongestWait() {
		BaseThrottle[] throttles = { throttle(count("alice", "a", "1/min")), throttle(count("alice", "b", "1/hour")),
				throttle(count("alice", "c", "9/s")) };
		decide(Accounting.ALL_OR_NOTHING, throttles);
		Decision decision = decide(Accounting.ALL_OR_NOTHING, throttles);
		assertThat(decision.decisiveResult()).isNotNull();
		assertThat(decision.decisiveResult().policy().name()).isEqualTo("b");
	}

	@Test
	void decisiveUseOfTwoWithTheSameRemainingShareHasFewerPermits() {
		Verdict six = count("alice", "a", "6/min");
		decide(Accounting.ALL_OR_NOTHING, throttle(six));
		decide(Accounting.ALL_OR_NOTHING, throttle(six));
		Decision decision = decide(Accounting.ALL_OR_NOTHING, throttle(six), throttle(count("alice", "b", "2/min")));
		assertThat(decision.decisiveResult()).isNotNull();
		assertThat(decision.decisiveResult().policy().name()).isEqualTo("b");
	}

	@Test
	void decisiveUseIsAbsentWhereNoQuotaDeniesADeniedRequest() {
		Decision decision = decide(Accounting.INDEPENDENT, throttle(Verdict.deny()),
				throttle(count("alice", "a", "9/min")));
		assertThat(decision.decisiveResult()).isNull();
	}

	@Test
	void decisiveUseIsAbsentWhereNothingIsCounted() {
		assertThat(decide(Accounting.ALL_OR_NOTHING, throttle(Verdict.deny())).decisiveResult()).isNull();
	}

	private AppliedThrottles throttlesOfTwoBackends() {
		return new AppliedThrottles(
				List.of(new AppliedThrottles.Step("first", throttle(count("alice", "a", "5/min")), this.backend),
						new AppliedThrottles.Step("second", throttle(count("alice", "b", "1/min")), this.other),
						new AppliedThrottles.Step("third", throttle(count("alice", "c", "7/min")), this.backend)));
	}

	@ParameterizedTest
	@EnumSource
	void quotasThatAreTriedGoToTheBackendWithTheOthers(Accounting accounting) {
		decide(accounting, throttle(count("alice", "a", "2/min", "1/min")),
				throttle(shadow("alice", "b", "1/min, 9/day")), throttle(count("alice", "c", "7/min")));
		assertThat(this.backend.calls).containsExactly((accounting == Accounting.INDEPENDENT)
				? "default decide [a] [c] [a] [b b-day]" : "default decide [a c] [a] [b b-day]");
		assertThat(this.backend.shadows).containsExactly((accounting == Accounting.INDEPENDENT)
				? List.of(false, false, false, false) : List.of(false, true, true));
	}

	@ParameterizedTest
	@EnumSource
	void quotasThatAreTriedHaveNoPartInTheDecision(Accounting accounting) {
		BaseThrottle throttle = throttle(count("alice", "user", "2/min", "1/min"));
		assertThat(decide(accounting, throttle).shadowResults()).extracting((result) -> result.outcome().isAllowed())
			.containsExactly(true);
		Decision decision = decide(accounting, throttle);
		assertThat(decision.isAllowed()).isTrue();
		assertThat(decision.results()).extracting(QuotaResult::policy).containsExactly(policy("user", "2/min"));
		assertThat(decision.shadowResults()).extracting((result) -> result.outcome().isAllowed())
			.containsExactly(false);
		assertThat(decision.shadowResults()).extracting((result) -> result.step().name()).containsExactly("throttle0");
		assertThat(decision.retryAfter()).isNull();
		assertThat(decision.decisiveResult()).isEqualTo(decision.results().get(0));
		assertThat(decide(accounting, throttle).toException().getViolatedPolicies()).containsExactly("user");
	}

	@ParameterizedTest
	@EnumSource
	void whatIsTriedIsRecordedAsIfItWereEnforced(Accounting accounting) {
		BaseThrottle live = throttle(count("alice", "live", "1/min"));
		BaseThrottle tried = throttle(shadow("alice", "tried", "5/min"));
		decide(accounting, live, tried);
		Decision denied = decide(accounting, live, tried);
		assertThat(denied.isAllowed()).isFalse();
		assertThat(denied.shadowResults()).extracting((result) -> result.outcome().remaining())
			.containsExactly((accounting == Accounting.INDEPENDENT) ? 3L : 4L);
		assertThat(decide(accounting, throttle(Verdict.deny()), tried).shadowResults())
			.extracting((result) -> result.outcome().remaining())
			.containsExactly((accounting == Accounting.INDEPENDENT) ? 2L : 4L);
	}

	@Test
	void whatIsTriedInAnotherBackendDeniesNothing() {
		AppliedThrottles throttles = new AppliedThrottles(
				List.of(new AppliedThrottles.Step("first", throttle(count("alice", "a", "2/min")), this.backend),
						new AppliedThrottles.Step("second", throttle(shadow("alice", "b", "1/min")), this.other)));
		decide(engine(Accounting.ALL_OR_NOTHING), throttles);
		Decision decision = decide(engine(Accounting.ALL_OR_NOTHING), throttles);
		assertThat(decision.isAllowed()).isTrue();
		assertThat(decision.results()).extracting((result) -> result.outcome().remaining()).containsExactly(0L);
		assertThat(decision.shadowResults()).extracting((result) -> result.outcome().isAllowed())
			.containsExactly(false);
	}

	@Test
	void listenerIsToldOfEveryDecisionOnce() {
		List<Decision> told = new ArrayList<>();
		ThrottleEngine engine = engine(new DecisionListener() {

			@Override
			public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
				told.add(decision);
			}

		});
		AppliedThrottles throttles = applied(throttle(count("alice", "user", "1/min")));
		Decision allowed = decide(engine, throttles);
		Decision denied = decide(engine, throttles);
		decide(engine, AppliedThrottles.NONE);
		assertThat(told).containsExactly(allowed, denied);
		assertThat(allowed.results().get(0).client()).isEqualTo(Client.user("alice"));
	}

	@Test
	void listenerIsToldWhatWasAskedOfABackendThatCannotDecide() {
		List<String> told = new ArrayList<>();
		ThrottleEngine engine = engine(new DecisionListener() {

			@Override
			public void refused(ThrottleRequest request, AppliedThrottles throttles, List<QuotaResult> asked,
					BackendUnavailableException cause) {
				asked.forEach((result) -> told.add(result.step().name() + " " + result.policy().name() + " "
						+ result.outcome().isAllowed() + " " + result.outcome().decidedBy()));
			}

		});
		this.backend.unavailable = true;
		AppliedThrottles throttles = applied(throttle(Verdict.allow()),
				throttle(count("alice", "user", "1/min", "2/min")));
		assertThatExceptionOfType(BackendUnavailableException.class).isThrownBy(() -> decide(engine, throttles));
		assertThat(told).containsExactly("throttle1 user false NOBODY");
	}

	@Test
	void failingListenerHurtsNeitherTheRequestNorOtherListeners() {
		List<Decision> told = new ArrayList<>();
		DecisionListener failing = new DecisionListener() {

			@Override
			public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
				throw new AssertionError("The listener fails on purpose");
			}

		};
		DecisionListener other = new DecisionListener() {

			@Override
			public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
				told.add(decision);
			}

		};
		Logger logger = (Logger) LoggerFactory.getLogger(DecisionListener.class);
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		logger.addAppender(appender);
		try {
			ThrottleEngine engine = engine(failing, other);
			AppliedThrottles throttles = applied(throttle(Verdict.allow(() -> this.events.add("released"))));
			assertThat(decide(engine, throttles).isAllowed()).isTrue();
			assertThat(decide(engine, throttles).isAllowed()).isTrue();
		}
		finally {
			logger.detachAppender(appender);
		}
		assertThat(told).hasSize(2);
		assertThat(this.events).isEmpty();
		assertThat(appender.list).hasSize(1);
	}

	private AppliedThrottles applied(BaseThrottle... throttles) {
		List<AppliedThrottles.Step> steps = new ArrayList<>();
		for (BaseThrottle throttle : throttles) {
			steps.add(new AppliedThrottles.Step("throttle" + steps.size(), throttle, this.backend));
		}
		return new AppliedThrottles(steps);
	}

	private Decision decide(Accounting accounting, BaseThrottle... throttles) {
		return decide(engine(accounting), applied(throttles));
	}

	private Decision decide(ThrottleEngine engine, AppliedThrottles throttles) {
		return driver().decide(engine, new MockThrottleRequest(), throttles);
	}

	private ThrottleEngine engine(DecisionListener... listeners) {
		return new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates, SecretIdents.withKey("pepper"),
				List.of(listeners));
	}

	private ThrottleEngine engine(Accounting accounting) {
		return new ThrottleEngine(accounting, this.rates, SecretIdents.withKey("pepper"));
	}

	private BaseThrottle releasing(String name) {
		return throttle(Verdict.allow(() -> this.events.add(name)));
	}

	private static BaseThrottle throttle(Verdict verdict) {
		return (request) -> verdict;
	}

	private Verdict count(String client, String scope, String rate) {
		rate(scope, rate);
		return Verdict.count(scope, Client.user(client));
	}

	private Verdict count(String client, String scope, String rate, String shadowRate) {
		this.rates.update((rates) -> rates.withShadowRates(Scope.of(scope), Rate.parseAll(shadowRate)));
		return count(client, scope, rate);
	}

	private static Verdict count(String client, List<Scope> scopes, long cost) {
		return new Verdict.Count(scopes, Client.user(client), cost);
	}

	private Verdict shadow(String client, String scope, String rate) {
		Set<Scope> shadows = new HashSet<>(this.rates.rates().shadowScopes());
		shadows.add(Scope.of(scope));
		this.rates.update((rates) -> rates.withShadowScopes(shadows));
		return count(client, scope, rate);
	}

	private void rate(String scope, String rate) {
		this.rates.update((rates) -> rates.with(Scope.of(scope), Rate.parseAll(rate)));
	}

	private static Policy policy(String name, String rate) {
		return Policy.of(name, Rate.parse(rate));
	}

	private static List<Tuple> denials(Decision decision) {
		return decision.denials()
			.stream()
			.map((denial) -> tuple(denial.step().name(), denial.retryAfter(), denial.isForever()))
			.toList();
	}

	/**
	 * Counts in memory, and keeps what it is asked.
	 */
	private static final class RecordingBackend implements CacheBackend {

		private final String name;

		private final MemoryCacheBackend memory;

		private final List<String> calls;

		private final List<Quota> quotas = new ArrayList<>();

		private final List<List<Boolean>> shadows = new ArrayList<>();

		private boolean failing;

		private boolean unavailable;

		RecordingBackend(String name, ThrottleClock clock, List<String> calls) {
			this.name = name;
			this.memory = MemoryCacheBackend.builder().clock(clock).build();
			this.memory.close();
			this.calls = calls;
		}

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			called("decide", groups);
			return this.memory.decide(groups);
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			called("peek", List.of(group));
			return this.memory.peek(group);
		}

		private void called(String method, List<QuotaGroup> groups) {
			if (this.failing) {
				throw new IllegalStateException("down");
			}
			if (this.unavailable) {
				throw new BackendUnavailableException(Duration.ofSeconds(1));
			}
			this.shadows.add(groups.stream().map(QuotaGroup::isShadow).toList());
			StringBuilder call = new StringBuilder(this.name + " " + method);
			for (QuotaGroup group : groups) {
				this.quotas.addAll(group.quotas());
				call.append(' ')
					.append(group.quotas()
						.stream()
						.flatMap((quota) -> quota.policies().stream())
						.map(Policy::name)
						.toList());
			}
			this.calls.add(call.toString().replace(",", ""));
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
			this.memory.reset(client, scope);
		}

	}

}
