package dev.throttle.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.InvalidVerdictException;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.test.MockThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ThrottleEngine#decideAsync}: who runs what, and what becomes of what
 * nobody waits for. The executors run what they got when a test says so.
 */
class DecideAsyncTests {

	private final List<String> events = new ArrayList<>();

	private final Tasks workers = new Tasks("worker");

	private final Tasks after = new Tasks("after");

	private final StubBackend backend = new StubBackend();

	private final RateRegistry rates = new RateRegistry(Rates.of(Map.of("user", "9/min")));

	/** Who runs at the moment. */
	private String running = "caller";

	@AfterEach
	void close() {
		this.rates.close();
	}

	@Test
	void throttleThatMayBlockIsAskedByAWorkerAndNeverByTheCaller() {
		CompletableFuture<Decision> decided = decide(blocking("a"), blocking("b"));
		assertThat(this.events).isEmpty();
		this.workers.run();
		this.after.run();
		assertThat(this.events).containsExactly("a asked by worker", "b asked by worker", "told by after");
		assertThat(decided).isCompletedWithValueMatching(Decision::isAllowed);
	}

	@Test
	void subclassThatOverridesOnlyTheSynchronousCheckIsAsked() {
		decide(overriding("a"));
		assertThat(this.events).startsWith("a asked by caller");
	}

	@Test
	void proxyIsAskedByAWorkerWhateverItsTargetDoes() {
		AppliedThrottles.Step proxy = new AppliedThrottles.Step("a", overriding("a"), this.backend, true);
		CompletableFuture<Decision> decided = engine().decideAsync(new MockThrottleRequest(),
				new AppliedThrottles(List.of(proxy)), this.workers, this.after);
		assertThat(this.events).isEmpty();
		this.workers.run();
		this.after.run();
		assertThat(this.events).containsExactly("a asked by worker", "told by after");
		assertThat(decided).isCompletedWithValueMatching(Decision::isAllowed);
	}

	@Test
	void throttleIsAskedWhenTheOneBeforeItHasAnswered() {
		CompletableFuture<Verdict> first = new CompletableFuture<>();
		CompletableFuture<Decision> decided = decide(answering(first), allowing("b"));
		assertThat(this.events).isEmpty();
		first.complete(Verdict.deny(Duration.ofSeconds(5)));
		this.after.run();
		assertThat(this.events).containsExactly("b asked by caller", "told by after", "b released");
		assertThat(decided.join().retryAfter()).isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void decisionIsThereAtOnceWhereNothingBlocks() {
		CompletableFuture<Decision> decided = decide(allowing("a"), new UserRateThrottle());
		assertThat(decided).isCompletedWithValueMatching(Decision::isAllowed);
		assertThat(this.events).containsExactly("a asked by caller", "backend asked by caller", "told by caller");
		assertThat(this.workers.isIdle() && this.after.isIdle()).isTrue();
	}

	@Test
	void whatFollowsALateAnswerRunsAfterwards() {
		this.backend.answer = new CompletableFuture<>();
		CompletableFuture<Decision> decided = decide(new UserRateThrottle());
		decided.thenRun(() -> this.events.add("followed by " + this.running));
		this.backend.answer.complete(List.of(new Outcome(true, 8, 0, 1, null)));
		assertThat(decided).isNotDone();
		assertThat(this.events).containsExactly("backend asked by caller");
		this.after.run();
		assertThat(decided).isCompletedWithValueMatching(Decision::isAllowed);
		assertThat(this.events).containsExactly("backend asked by caller", "told by after", "followed by after");
	}

	@Test
	void requestWithoutThrottlesIsDecidedAtOnce() {
		assertThat(decide()).isCompletedWithValue(Decision.NOT_THROTTLED);
		assertThat(this.events).isEmpty();
	}

	@Test
	void engineThatIsOffAsksNobody() {
		ThrottleEngine off = ThrottleEngine.off(Accounting.ALL_OR_NOTHING, this.rates, SecretIdents.withRandomKey());
		assertThat(off.decideAsync(new MockThrottleRequest(), applied(blocking("a")), this.workers, this.after))
			.isCompletedWithValue(Decision.NOT_THROTTLED);
		assertThat(this.workers.isIdle()).isTrue();
	}

	@Test
	void decisionThatNobodyGetsAnyMoreIsReleased() {
		CompletableFuture<Decision> cancelled = decide(allowing("a"), blocking("b"));
		cancelled.cancel(true);
		assertThat(this.events).doesNotContain("a released");
		this.workers.run();
		this.after.run();
		assertThat(this.events).containsOnlyOnce("a released");
	}

	@Test
	void decisionThatSomebodyElseMadeMeanwhileIsReleased() {
		CompletableFuture<Decision> decided = decide(allowing("a"), blocking("b"));
		decided.complete(Decision.NOT_THROTTLED);
		this.workers.run();
		this.after.run();
		assertThat(this.events).containsOnlyOnce("a released");
		assertThat(decided).isCompletedWithValue(Decision.NOT_THROTTLED);
	}

	@Test
	void cancelledRequestWhoseThrottleFailsIsReleasedOnce() {
		CompletableFuture<Verdict> failing = new CompletableFuture<>();
		CompletableFuture<Decision> cancelled = decide(allowing("a"), answering(failing));
		cancelled.cancel(true);
		failing.completeExceptionally(new IllegalStateException("down"));
		this.after.run();
		assertThat(this.events).containsOnlyOnce("a released");
	}

	@Test
	void decisionThatIsTakenIsReleasedByItsOwner() {
		Decision decision = decide(allowing("a")).join();
		assertThat(this.events).doesNotContain("a released");
		decision.release();
		decision.release();
		assertThat(this.events).containsOnlyOnce("a released");
	}

	@Test
	void failureOfAThrottleIsToldWithoutItsWrapper() {
		assertFailure(new IOException("down"), answering(CompletableFuture.failedFuture(new IOException("down"))));
		assertFailure(new IOException("down"),
				answering(CompletableFuture.failedFuture(new CompletionException(new IOException("down")))));
		assertFailure(new OutOfMemoryError("none"), throwing(new OutOfMemoryError("none")));
		assertFailure(new IllegalStateException("out of order"), throwing(new IllegalStateException("out of order")));
	}

	@Test
	void checkedExceptionThatNoCompilerSawIsAFailureOfTheRequest() {
		assertFailure(new IOException("down"),
				new AsyncThrottle(() -> DecideAsyncTests.sneakyThrow(new IOException("down"))));
	}

	@SuppressWarnings("unchecked")
	private static <T, E extends Throwable> T sneakyThrow(Throwable failure) throws E {
		throw (E) failure;
	}

	@Test
	void lateFailureOfAThrottleIsToldAfterwards() {
		CompletableFuture<Verdict> late = new CompletableFuture<>();
		CompletableFuture<Decision> decided = decide(allowing("a"), answering(late), blocking("c"));
		late.completeExceptionally(new IOException("down"));
		assertThat(decided).isNotDone();
		this.after.run();
		assertThat(decided).isCompletedExceptionally();
		assertThat(this.workers.isIdle()).as("nobody is asked any more").isTrue();
		assertThat(this.events).containsExactly("a asked by caller", "a released");
	}

	@Test
	void answerThatIsNoVerdictIsAnErrorOfTheThrottle() {
		String missing = "The throttle 'throttle1' returned an invalid verdict: it is null";
		assertFailure(new InvalidVerdictException(missing), answering(null));
		assertFailure(new InvalidVerdictException(missing), answering(CompletableFuture.completedFuture(null)));
		String wrong = "The throttle 'throttle1' returned an invalid verdict: it is wrong";
		InvalidVerdictException cause = new InvalidVerdictException("it is wrong");
		assertFailure(new InvalidVerdictException(wrong), throwing(cause));
		assertFailure(new InvalidVerdictException(wrong), answering(CompletableFuture.failedFuture(cause)));
	}

	@Test
	void backendThatMayBlockIsAskedByAWorker() {
		CacheBackend blocking = new CacheBackend() {

			@Override
			public List<Outcome> decide(List<QuotaGroup> groups) {
				DecideAsyncTests.this.events.add("decided by " + DecideAsyncTests.this.running);
				return DecideAsyncTests.this.backend.answer.join();
			}

			@Override
			public List<Outcome> peek(QuotaGroup group) {
				DecideAsyncTests.this.events.add("looked at by " + DecideAsyncTests.this.running);
				return DecideAsyncTests.this.backend.answer.join();
			}

			@Override
			public List<Settlement.Result> settle(List<Settlement> settlements) {
				throw new UnsupportedOperationException();
			}

			@Override
			public void reset(Client client, Scope scope) {
				throw new AssertionError("Not part of a decision");
			}

		};
		AppliedThrottles throttles = new AppliedThrottles(
				List.of(new AppliedThrottles.Step("user", new UserRateThrottle(), blocking),
						new AppliedThrottles.Step("other", new UserRateThrottle(), this.backend)));
		engine().decideAsync(new MockThrottleRequest(), throttles, this.workers, this.after);
		assertThat(this.events).isEmpty();
		this.workers.run();
		this.after.run();
		assertThat(this.events).containsExactly("looked at by worker", "backend looked at by worker",
				"decided by worker", "backend asked by worker", "told by after");
	}

	@Test
	void backendThatCannotBeAskedIsAFailure() {
		this.backend.failure = new IllegalStateException("not open");
		assertFailure(new IllegalStateException("not open"), new UserRateThrottle());
	}

	@Test
	void backendThatCannotDecideIsToldToListenersBeforeTheRequestFails() {
		this.backend.answer = CompletableFuture.failedFuture(new BackendUnavailableException(Duration.ofSeconds(1)));
		CompletableFuture<Decision> decided = decide(new UserRateThrottle());
		assertThat(this.events).containsExactly("backend asked by caller", "refused user by caller");
		assertThat(failure(decided)).isInstanceOf(BackendUnavailableException.class);
	}

	@Test
	void workersThatTakeNothingMoreAreAFailure() {
		this.workers.isClosed = true;
		assertFailure(new RejectedExecutionException("worker is closed"), blocking("b"));
	}

	@Test
	void requestWhoseAnswerNobodyTakesFailsAndIsReleased() {
		CompletableFuture<Decision> decided = decide(allowing("a"), blocking("b"));
		this.after.isClosed = true;
		this.workers.run();
		assertThat(failure(decided)).isInstanceOf(RejectedExecutionException.class);
		assertThat(this.events).containsOnlyOnce("a released");
	}

	@Test
	void whatAThrottleThrowsIsThrownOnToACallerThatWaits() {
		CompletionException failure = new CompletionException(new IOException("down"));
		BaseThrottle throttle = (request) -> {
			throw failure;
		};
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> engine().decide(new MockThrottleRequest(), applied(throttle)))
			.isSameAs(failure);
	}

	/**
	 * Expect that a request fails at once by its second throttle, and the first gets back
	 * what it gave.
	 */
	private void assertFailure(Throwable failure, BaseThrottle second) {
		this.events.clear();
		CompletableFuture<Decision> decided = decide(allowing("a"), second);
		assertThat(failure(decided)).isInstanceOf(failure.getClass()).hasMessage(failure.getMessage());
		assertThat(this.events).contains("a released").doesNotContain("told by caller");
		assertThat(this.after.isIdle()).isTrue();
	}

	private static @Nullable Throwable failure(CompletableFuture<Decision> decided) {
		assertThat(decided).isCompletedExceptionally();
		return decided.handle((decision, failure) -> failure).join();
	}

	private CompletableFuture<Decision> decide(BaseThrottle... throttles) {
		return engine().decideAsync(new MockThrottleRequest(), applied(throttles), this.workers, this.after);
	}

	private ThrottleEngine engine() {
		DecisionListener listener = new DecisionListener() {

			@Override
			public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
				DecideAsyncTests.this.events.add("told by " + DecideAsyncTests.this.running);
			}

			@Override
			public void refused(ThrottleRequest request, AppliedThrottles throttles, List<QuotaResult> asked,
					BackendUnavailableException cause) {
				asked.forEach((each) -> DecideAsyncTests.this.events
					.add("refused " + each.policy().name() + " by " + DecideAsyncTests.this.running));
			}

		};
		return new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates, SecretIdents.withRandomKey(),
				List.of(listener));
	}

	private AppliedThrottles applied(BaseThrottle... throttles) {
		List<AppliedThrottles.Step> steps = new ArrayList<>();
		for (BaseThrottle throttle : throttles) {
			steps.add(new AppliedThrottles.Step("throttle" + steps.size(), throttle, this.backend));
		}
		return new AppliedThrottles(steps);
	}

	private BaseThrottle blocking(String name) {
		return (request) -> {
			this.events.add(name + " asked by " + this.running);
			return Verdict.allow();
		};
	}

	private BaseThrottle overriding(String name) {
		return new UserRateThrottle() {

			@Override
			public Verdict check(ThrottleRequest request) {
				DecideAsyncTests.this.events.add(name + " asked by " + DecideAsyncTests.this.running);
				return Verdict.allow();
			}

		};
	}

	private BaseThrottle allowing(String name) {
		return new AsyncThrottle(() -> {
			this.events.add(name + " asked by " + this.running);
			return CompletableFuture.completedFuture(Verdict.allow(() -> this.events.add(name + " released")));
		});
	}

	private static BaseThrottle answering(@Nullable CompletionStage<Verdict> answer) {
		return new AsyncThrottle(() -> answer);
	}

	private static BaseThrottle throwing(RuntimeException failure) {
		return new AsyncThrottle(() -> {
			throw failure;
		});
	}

	private static BaseThrottle throwing(Error failure) {
		return new AsyncThrottle(() -> {
			throw failure;
		});
	}

	/**
	 * A throttle that is only asked asynchronously.
	 */
	private record AsyncThrottle(Supplier<@Nullable CompletionStage<Verdict>> answer) implements BaseThrottle {

		@Override
		public Verdict check(ThrottleRequest request) {
			throw new AssertionError("Asked as if somebody waited");
		}

		@Override
		public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
			return this.answer.get();
		}

	}

	/**
	 * Keeps what it is to run.
	 */
	private final class Tasks implements Executor {

		private final String name;

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		private boolean isClosed;

		Tasks(String name) {
			this.name = name;
		}

		@Override
		public void execute(Runnable task) {
			if (this.isClosed) {
				throw new RejectedExecutionException(this.name + " is closed");
			}
			this.tasks.add(task);
		}

		boolean isIdle() {
			return this.tasks.isEmpty();
		}

		/**
		 * Run what there is, and what comes of it.
		 */
		void run() {
			DecideAsyncTests.this.running = this.name;
			while (!this.tasks.isEmpty()) {
				this.tasks.remove().run();
			}
			DecideAsyncTests.this.running = "caller";
		}

	}

	/**
	 * A backend that is only asked asynchronously, and answers what it is told.
	 */
	private final class StubBackend implements CacheBackend {

		private CompletableFuture<List<Outcome>> answer = CompletableFuture
			.completedFuture(List.of(new Outcome(true, 8, 0, 1, null)));

		private @Nullable RuntimeException failure;

		@Override
		public CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
			DecideAsyncTests.this.events.add("backend asked by " + DecideAsyncTests.this.running);
			if (this.failure != null) {
				throw this.failure;
			}
			return this.answer;
		}

		@Override
		public CompletionStage<List<Outcome>> peekAsync(QuotaGroup group, Executor workers) {
			DecideAsyncTests.this.events.add("backend looked at by " + DecideAsyncTests.this.running);
			return this.answer;
		}

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			throw new AssertionError("Asked as if somebody waited");
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			throw new AssertionError("Asked as if somebody waited");
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
			throw new AssertionError("Not part of a decision");
		}

	}

}
