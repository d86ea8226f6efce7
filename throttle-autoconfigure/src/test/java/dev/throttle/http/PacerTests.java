package dev.throttle.http;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverride;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.limiter.Acquisition;
import dev.throttle.limiter.RateLimiters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link OutgoingLimits}, {@link Pacer} and {@link Closing}.
 */
class PacerTests {

	private static final Scope GITHUB = Scope.of("github");

	private final ManualTime time = new ManualTime();

	private final HeldBackend backend = new HeldBackend(MemoryCacheBackend.builder().clock(this.time.clock()).build());

	private final RateRegistry rates = new RateRegistry(Rates.of(Map.of("github", "2/10s")));

	private final List<String> decisions = new ArrayList<>();

	private final DecisionListener listener = new DecisionListener() {

		@Override
		public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
			PacerTests.this.decisions.add(decision.isAllowed() ? "allowed" : "denied");
		}

	};

	private final RateLimiters limiters = new RateLimiters(this.rates, new ThrottleEngine(Accounting.ALL_OR_NOTHING,
			this.rates, SecretIdents.withRandomKey(), List.of(this.listener)), this.backend, Runnable::run,
			() -> false);

	private final List<String> waits = new ArrayList<>();

	@AfterEach
	void close() {
		this.rates.close();
		this.backend.memory.close();
	}

	@Test
	void callPassesAtOnceWhereThereIsRoom() {
		Pacer pacer = pacer("2s");
		assertThat(pacer.acquire()).isCompleted();
		assertThat(pacer.acquire()).isCompleted();
		assertThat(this.waits).containsExactly("github PT0S sent", "github PT0S sent");
	}

	@Test
	void callWaitsUntilThereIsRoom() {
		Pacer pacer = pacer("10s");
		take(pacer, 2);
		CompletableFuture<Acquisition> call = pacer.acquire();
		this.time.advance(Duration.ofSeconds(10).minusNanos(1));
		assertThat(call).isNotDone();
		this.time.advance(Duration.ofNanos(1));
		assertThat(call).isCompleted();
		assertThat(this.waits).endsWith("github PT10S sent");
	}

	@Test
	void callsPassInTheirOrder() {
		this.rates.configure("github", "1/s");
		Pacer pacer = pacer("5s");
		take(pacer, 1);
		List<CompletableFuture<Acquisition>> calls = take(pacer, 3);
		for (int second = 1; second <= 3; second++) {
			this.time.advance(Duration.ofSeconds(1));
			assertThat(calls.stream().filter(CompletableFuture::isDone))
				.containsExactlyElementsOf(calls.subList(0, second));
		}
	}

	@Test
	void onlyTheFirstOfThoseThatWaitAsks() {
		Pacer pacer = pacer("9s");
		take(pacer, 2);
		this.time.advance(Duration.ofSeconds(2));
		take(pacer, 100);
		assertThat(this.backend.asked).isEqualTo(3);
		this.time.advance(Duration.ofSeconds(8));
		assertThat(this.backend.asked).isEqualTo(3 + 7 + 2);
	}

	@Test
	void callThatCannotPassInTimeFailsAtOnce() {
		Pacer pacer = pacer("2s");
		take(pacer, 2);
		assertRefused(pacer.acquire(),
				"The outgoing limit 'github' has no room for a call that has waited 0s and may wait 2s; there may be room in 10s",
				Duration.ofSeconds(10));
		this.time.advance(Duration.ofSeconds(8));
		CompletableFuture<Acquisition> call = pacer.acquire();
		assertThat(call).isNotDone();
		this.time.advance(Duration.ofSeconds(2));
		assertThat(call).isCompleted();
	}

	@Test
	void callBehindOthersFailsOnceItsTurnWouldBeTooLate() {
		Pacer pacer = pacer("12s");
		take(pacer, 2);
		List<CompletableFuture<Acquisition>> calls = take(pacer, 3);
		this.time.advance(Duration.ofSeconds(10));
		assertThat(calls.get(1)).isCompleted();
		assertRefused(calls.get(2),
				"The outgoing limit 'github' has no room for a call that has waited 10s and may wait 12s; there may be room in 10s",
				Duration.ofSeconds(10));
		assertThat(this.waits).endsWith("github PT10S refused");
	}

	@Test
	void callThatMustNotWaitFailsWhereOthersWait() {
		Pacer pacer = pacer("10s");
		take(pacer, 2);
		take(pacer, 1);
		this.time.advance(Duration.ofSeconds(3));
		OutgoingLimits others = limits("0s");
		assertRefused(find(others).acquire(),
				"The outgoing limit 'github' has no room for a call that has waited 0s and may wait 0s; there may be room in 7s",
				Duration.ofSeconds(7));
	}

	@Test
	void thousandsThatWaitPassTogether() {
		this.rates.configure("github", "9000/10s");
		Pacer pacer = pacer("10s");
		take(pacer, 9000);
		List<CompletableFuture<Acquisition>> calls = take(pacer, 9000);
		assertThat(calls).noneMatch(CompletableFuture::isDone);
		this.time.advance(Duration.ofSeconds(10));
		assertThat(calls).allMatch((call) -> call.isDone() && !call.isCompletedExceptionally());
	}

	@Test
	void callsBeyondTheRoomOfTheQueueFail() {
		Pacer pacer = pacer("10s");
		take(pacer, 2);
		take(pacer, Pacer.MAX_CALLS);
		assertRefused(pacer.acquire(), "The outgoing limit 'github' has no room: 10000 calls wait for it", null);
	}

	@Test
	void callThatIsCancelledLeavesTheQueue() {
		this.rates.configure("github", "1/10s");
		Pacer pacer = pacer("10s");
		take(pacer, 1);
		List<CompletableFuture<Acquisition>> calls = take(pacer, 2);
		calls.get(0).cancel(false);
		this.time.advance(Duration.ofSeconds(10));
		assertThat(calls.get(1)).isCompleted();
	}

	@Test
	void permitOfACallThatIsCancelledWhileItAsksIsGivenBack() {
		Pacer pacer = pacer("10s");
		this.backend.hold();
		pacer.acquire().cancel(false);
		this.backend.answer();
		assertThat(this.limiters.scope("github").peek(Client.ALL).remaining()).isEqualTo(2);
	}

	@Test
	void newCallWaitsBehindTheFirstWhileThatAsks() {
		this.rates.configure("github", "1/10s");
		Pacer pacer = pacer("20s");
		take(pacer, 1);
		CompletableFuture<Acquisition> first = pacer.acquire();
		this.time.advance(Duration.ofSeconds(10).minusNanos(1));
		this.backend.hold();
		this.time.advance(Duration.ofNanos(1));
		CompletableFuture<Acquisition> second = pacer.acquire();
		this.backend.answer();
		assertThat(first).isCompleted();
		assertThat(second).isNotDone();
	}

	@Test
	void callCountsFromItsAnswer() {
		Pacer pacer = pacer("2s");
		PacedCall call = new PacedCall(pacer, pacer.acquire().join());
		this.time.advance(Duration.ofSeconds(3));
		call.answered(200, new HttpHeaders());
		call.over();
		this.time.advance(Duration.ofSeconds(8));
		assertThat(this.limiters.scope("github").peek(Client.ALL).remaining()).isEqualTo(1);
		this.time.advance(Duration.ofSeconds(2));
		assertThat(this.limiters.scope("github").peek(Client.ALL).remaining()).isEqualTo(2);
	}

	@Test
	void raisedRateIsSeenWithinASecond() {
		Pacer pacer = pacer("10s");
		take(pacer, 2);
		CompletableFuture<Acquisition> call = pacer.acquire();
		this.rates.override("github", "3/10s", null);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(call).isCompleted();
	}

	@Test
	void rateOfZeroAllowsNoCalls() {
		this.rates.configure("github", "0/s");
		assertRefused(pacer("10s").acquire(), "The outgoing limit 'github' allows no calls", null);
	}

	@Test
	void unlimitedRateAllowsAll() {
		this.rates.configure("github", "unlimited");
		assertThat(take(pacer("0s"), 50)).allMatch(CompletableFuture::isDone);
	}

	@Test
	void callThatCannotBeCountedFails() {
		this.backend.failure = new BackendUnavailableException(Duration.ofSeconds(1));
		Pacer pacer = pacer("10s");
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> pacer.acquire().join())
			.havingCause()
			.isInstanceOf(OutgoingLimitException.class)
			.withMessageStartingWith("The outgoing limit 'github' cannot count its calls: ")
			.havingCause()
			.isSameAs(this.backend.failure);
		this.backend.failure = null;
		assertThat(pacer.acquire()).isCompleted();
	}

	@Test
	void refusedCallClosesTheLimitForAllUntilTheServerSays() {
		StoredOverrides store = new StoredOverrides();
		this.rates.follow(store);
		Pacer pacer = pacer("10s");
		refuse(pacer, 429, "5");
		assertThat(store.stored).isEqualTo("github 0/s 5s");
		CompletableFuture<Acquisition> call = pacer.acquire();
		this.time.advance(Duration.ofSeconds(4));
		assertThat(call).isNotDone();
		store.remove("github");
		this.time.advance(Duration.ofSeconds(1));
		assertThat(call).isCompleted();
	}

	@Test
	void callThatCannotWaitUntilTheLimitOpensFailsAndSaysWhen() {
		this.rates.follow(new StoredOverrides());
		Pacer pacer = pacer("2s");
		refuse(pacer, 429, "500");
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> pacer.acquire().join())
			.havingCause()
			.isInstanceOfSatisfying(OutgoingLimitException.class, (refused) -> assertThat(refused.getRetryAfter())
				.isBetween(Duration.ofSeconds(490), Duration.ofSeconds(500)));
	}

	@Test
	void longerWaitClosesTheLimitLongerAndAShorterOneDoesNot() {
		StoredOverrides store = new StoredOverrides();
		this.rates.follow(store);
		Pacer pacer = pacer("2s");
		refuse(pacer, 429, "50");
		pacer.close(Duration.ofSeconds(30));
		assertThat(store.stored).isEqualTo("github 0/s 50s");
		pacer.close(Duration.ofSeconds(80));
		assertThat(store.stored).isEqualTo("github 0/s 80s");
	}

	@Test
	void answerForAThousandYearsDoesNotFailTheCall() {
		StoredOverrides store = new StoredOverrides();
		this.rates.follow(store);
		refuse(pacer("2s"), 429, "Fri, 31 Dec 9999 23:59:59 GMT");
		assertThat(store.stored).isEqualTo("github 0/s 86400s");
	}

	@Test
	void otherAnswersDoNotCloseTheLimit() {
		StoredOverrides store = new StoredOverrides();
		this.rates.follow(store);
		Pacer pacer = pacer("2s");
		refuse(pacer, 503, "5");
		refuse(pacer, 429, "soon");
		pacer.close(Duration.ZERO);
		assertThat(store.stored).isNull();
	}

	@Test
	void overrideOfAnOperatorStays() {
		StoredOverrides store = new StoredOverrides();
		this.rates.follow(store);
		this.rates.override("github", "1/min", Duration.ofMinutes(3));
		Pacer pacer = pacer("2s");
		refuse(pacer, 429, "5");
		assertThat(store.stored).isEqualTo("github 1/min 180s");
	}

	@Test
	void limitIsClosedHereWhereTheOverrideCannotBeStored() {
		StoredOverrides store = new StoredOverrides();
		store.isDown = true;
		this.rates.follow(store);
		Pacer pacer = pacer("10s");
		refuse(pacer, 429, "5");
		CompletableFuture<Acquisition> call = pacer.acquire();
		this.time.advance(Duration.ofSeconds(5).minusNanos(1));
		assertThat(call).isNotDone();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(call).isCompleted();
	}

	@Test
	void callsPassWhereTheListenerFails() {
		OutgoingLimits limits = builder().listener((scope, waited, isSent) -> {
			throw new IllegalStateException("failed");
		}).limit(GITHUB, List.of("api.github.com"), Duration.ofSeconds(10)).build();
		Pacer pacer = find(limits);
		List<CompletableFuture<Acquisition>> calls = take(pacer, 8);
		this.time.advance(Duration.ofSeconds(10));
		assertThat(calls).allMatch(CompletableFuture::isDone);
		assertThat(calls).filteredOn(CompletableFuture::isCompletedExceptionally).hasSize(4);
	}

	@Test
	void callThatOnlyWaitsIsNotDenied() {
		Pacer pacer = pacer("10s");
		take(pacer, 5);
		assertThat(this.decisions).containsExactly("allowed", "allowed");
		this.time.advance(Duration.ofSeconds(10));
		assertThat(this.decisions.subList(2, 4)).containsExactly("allowed", "allowed");
	}

	@Test
	void callThatIsRefusedIsDeniedOnce() {
		Pacer pacer = pacer("2s");
		take(pacer, 4);
		assertThat(this.decisions).containsExactly("allowed", "allowed", "denied", "denied");
		this.time.advance(Duration.ofSeconds(9));
		CompletableFuture<Acquisition> call = pacer.acquire();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(call).isCompleted();
		assertThat(this.decisions).hasSize(5).endsWith("allowed");
	}

	@Test
	void waitOutOfRangeIsRefused() {
		OutgoingLimits.Builder builder = builder();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> builder.limit(GITHUB, List.of("api.github.com"), Duration.ofMillis(-1)))
			.withMessage("'maxWait' must be from zero to one day but is PT-0.001S");
		assertThatIllegalArgumentException().isThrownBy(
				() -> builder.limit(GITHUB, List.of("api.github.com"), OutgoingLimits.LONGEST_WAIT.plusNanos(1)));
		builder.limit(GITHUB, List.of("api.github.com"), Duration.ZERO);
	}

	@Test
	void hostWithTwoLimitsIsRefused() {
		OutgoingLimits.Builder builder = builder().limit(GITHUB, List.of("api.github.com"), Duration.ZERO);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> builder.limit(Scope.of("other"), List.of("API.github.com"), Duration.ZERO))
			.withMessage("'API.github.com' has an outgoing limit already");
	}

	@Test
	void turnIsTakenThoughNoWorkerIsFree() {
		OutgoingLimits limits = OutgoingLimits.builder(() -> this.limiters, this.rates, (task) -> {
			throw new RejectedExecutionException();
		}).limit(GITHUB, List.of("api.github.com"), Duration.ofSeconds(20)).build();
		Pacer pacer = find(limits);
		take(pacer, 2);
		CompletableFuture<Acquisition> call = pacer.acquire();
		this.time.advance(Duration.ofSeconds(10));
		assertThat(call).succeedsWithin(20, TimeUnit.SECONDS);
	}

	private void refuse(Pacer pacer, int status, String retryAfter) {
		HttpHeaders headers = new HttpHeaders();
		headers.set(HttpHeaders.RETRY_AFTER, retryAfter);
		new PacedCall(pacer, pacer.acquire().join()).answered(status, headers);
	}

	private static List<CompletableFuture<Acquisition>> take(Pacer pacer, int calls) {
		List<CompletableFuture<Acquisition>> taken = new ArrayList<>();
		for (int call = 0; call < calls; call++) {
			taken.add(pacer.acquire());
		}
		return taken;
	}

	private static void assertRefused(CompletableFuture<Acquisition> call, String message,
			@Nullable Duration retryAfter) {
		assertThat(call).isCompletedExceptionally();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join)
			.havingCause()
			.withMessage(message)
			.isInstanceOfSatisfying(OutgoingLimitException.class, (refused) -> {
				assertThat(refused.getScope()).isEqualTo("github");
				assertThat(refused.getRetryAfter()).isEqualTo(retryAfter);
			});
	}

	private Pacer pacer(String maxWait) {
		return find(limits(maxWait));
	}

	private OutgoingLimits limits(String maxWait) {
		return builder().limit(GITHUB, List.of("api.github.com"), Duration.parse("PT" + maxWait)).build();
	}

	private OutgoingLimits.Builder builder() {
		return OutgoingLimits.builder(() -> this.limiters, this.rates, Runnable::run)
			.time(this.time, this.time)
			.listener(
					(scope, waited, isSent) -> this.waits.add(scope + " " + waited + (isSent ? " sent" : " refused")));
	}

	private static Pacer find(OutgoingLimits limits) {
		return Objects.requireNonNull(limits.find(URI.create("https://api.github.com/repos")));
	}

	/**
	 * Counts in memory. Its answers may be held back, or fail.
	 */
	private static final class HeldBackend implements CacheBackend {

		private final MemoryCacheBackend memory;

		private @Nullable CompletableFuture<Void> held;

		private @Nullable RuntimeException failure;

		private int asked;

		HeldBackend(MemoryCacheBackend memory) {
			this.memory = memory;
		}

		void hold() {
			this.held = new CompletableFuture<>();
		}

		void answer() {
			Objects.requireNonNull(this.held).complete(null);
			this.held = null;
		}

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			return this.memory.decide(groups);
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			return this.memory.peek(group);
		}

		@Override
		public CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
			this.asked++;
			if (this.failure != null) {
				return CompletableFuture.failedFuture(this.failure);
			}
			List<Outcome> answer = decide(groups);
			return (this.held != null) ? this.held.thenApply((answered) -> answer)
					: CompletableFuture.completedFuture(answer);
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			return this.memory.settle(settlements);
		}

		@Override
		public CompletionStage<List<Settlement.Result>> settleAsync(List<Settlement> settlements, Executor workers) {
			return this.memory.settleAsync(settlements, workers);
		}

		@Override
		public void reset(Client client, Scope scope) {
			this.memory.reset(client, scope);
		}

	}

	/**
	 * Overrides whose end the test decides.
	 */
	private static final class StoredOverrides implements RateOverrides {

		private Listener listener = (overrides, now) -> {
		};

		private @Nullable String stored;

		private boolean isDown;

		@Override
		public void follow(Listener listener) {
			this.listener = listener;
		}

		@Override
		public void set(String target, String rates, @Nullable Duration duration) {
			if (this.isDown) {
				throw new BackendUnavailableException(Duration.ofSeconds(1));
			}
			Duration time = Objects.requireNonNull(duration);
			this.stored = target + " " + rates + " " + time.plusSeconds(1).minusNanos(1).toSeconds() + "s";
			changed(List.of(new RateOverride(target, rates, Instant.EPOCH.plus(time))));
		}

		@Override
		public void remove(String target) {
			changed(List.of());
		}

		private void changed(Collection<RateOverride> overrides) {
			this.listener.changed(overrides, Instant.EPOCH);
		}

		@Override
		public boolean isShared() {
			return true;
		}

	}

}
