package dev.throttle.backend.remote;

import java.net.URL;
import java.net.URLClassLoader;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.Settlement.Result;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RemoteCacheBackend}, on a store that blocks as a database does and on
 * one that does not.
 */
class RemoteCacheBackendTests {

	private static final List<QuotaGroup> REQUEST = List
		.of(new QuotaGroup(List.of(new Quota(Client.user("alice"), Policy.of("user", Rate.parse("9/day"))))));

	private static final Outcome ALLOWED = new Outcome(true, 8, 0, 1_000_000_000, null);

	private static final Outcome DENIED = new Outcome(false, 0, 3_600_000_000_000L, 3_600_000_000_000L, null);

	private static final Outcome RECORDED = new Outcome(true, 8, 0, 1_000_000_000, null, DecidedBy.BACKEND, 1);

	private final List<Runnable> workers = new ArrayList<>();

	private final Store store = new Store(Duration.ofSeconds(20));

	@AfterEach
	void close() {
		this.store.close();
	}

	@Test
	void storeThatBlocksIsAskedByAWorker() {
		CompletableFuture<List<Outcome>> decided = decideAsync();
		assertThat(this.store.asked).hasValue(0);
		runWorkers();
		assertThat(decided).isCompletedWithValue(List.of(ALLOWED));
		assertThat(this.store.asked).hasValue(1);
	}

	@Test
	void requestThatNoWorkerAsksAboutInTimeIsUndecided() {
		try (Store impatient = new Store(Duration.ofMillis(50))) {
			CompletableFuture<List<Outcome>> decided = impatient.decideAsync(REQUEST, (task) -> {
				if (this.workers.isEmpty()) {
					this.workers.add(task);
				}
				else {
					task.run();
				}
			}).toCompletableFuture();
			assertThat(decided.orTimeout(20, TimeUnit.SECONDS).join()).extracting(Outcome::decidedBy)
				.containsExactly(DecidedBy.LOCAL);
			runWorkers();
			assertThat(impatient.asked).as("nothing is recorded that nobody waits for").hasValue(0);
		}
	}

	@Test
	void requestsAreAnsweredWhereNoWorkerIsFree() {
		Executor full = (task) -> {
			throw new RejectedExecutionException("The pool is full on purpose");
		};
		assertThat(this.store.decideAsync(REQUEST, full).toCompletableFuture().join()).extracting(Outcome::decidedBy)
			.containsExactly(DecidedBy.LOCAL);
		assertThat(this.store.peekAsync(REQUEST.get(0), full).toCompletableFuture().join())
			.extracting(Outcome::decidedBy)
			.containsExactly(DecidedBy.LOCAL);
		this.store.answer = CompletableFuture.failedFuture(new UndecidedException("reset"));
		assertThat(this.store.decideAsync(REQUEST, full).toCompletableFuture().join()).extracting(Outcome::decidedBy)
			.containsExactly(DecidedBy.LOCAL);
	}

	@Test
	void storeThatDoesNotBlockNeedsNoWorker() {
		this.store.answer = new CompletableFuture<>();
		CompletableFuture<List<Outcome>> decided = decideAsync();
		this.store.answer.complete(List.of(ALLOWED));
		assertThat(decided).isCompletedWithValue(List.of(ALLOWED));
		assertThat(this.workers).isEmpty();
	}

	@Test
	void knownDenialIsACompletedStage() {
		this.store.outcome = DENIED;
		this.store.decide(REQUEST);
		assertThat(decideAsync()).isCompleted();
		assertThat(this.store.asked).hasValue(1);
		assertThat(this.workers).isEmpty();
	}

	@Test
	void denialThatAStageBroughtIsKnown() {
		this.store.answer = CompletableFuture.completedFuture(List.of(DENIED));
		decideAsync();
		assertThat(this.store.decide(REQUEST)).extracting(Outcome::isAllowed).containsExactly(false);
		assertThat(this.store.asked).hasValue(1);
	}

	@Test
	void nothingThatMayBlockRunsOnTheThreadThatAnswers() {
		List<String> told = new ArrayList<>();
		this.store.addListener(new RemoteBackendListener() {

			@Override
			public void asked(boolean answered, long nanos) {
				told.add(answered ? "answered" : "failed");
			}

		});
		this.store.answer = new CompletableFuture<>();
		CompletableFuture<List<Outcome>> decided = decideAsync();
		this.store.answer.completeExceptionally(new UndecidedException("reset"));
		assertThat(decided).isNotDone();
		assertThat(told).isEmpty();
		runWorkers();
		assertThat(decided.join()).extracting(Outcome::decidedBy).containsExactly(DecidedBy.LOCAL);
		assertThat(told).containsExactly("failed");
		this.store.answer = new CompletableFuture<>();
		decideAsync();
		this.store.answer.complete(List.of(ALLOWED));
		assertThat(told).containsExactly("failed");
		runWorkers();
		assertThat(told).containsExactly("failed", "answered");
	}

	@Test
	void storeThatIsAwayIsAnsweredForAtOnce() {
		this.store.goAway();
		this.store.answer = CompletableFuture.completedFuture(List.of(ALLOWED));
		CompletableFuture<List<Outcome>> decided = decideAsync();
		assertThat(decided).isCompleted();
		assertThat(decided.join()).extracting(Outcome::decidedBy).containsExactly(DecidedBy.LOCAL);
		assertThat(this.store.asked).hasValue(0);
	}

	@Test
	void faultOfTheStoresCodeIsNotHidden() {
		this.store.answer = CompletableFuture.failedFuture(new IllegalStateException("a fault on purpose"));
		CompletableFuture<List<Outcome>> decided = decideAsync();
		runWorkers();
		assertThat(decided).isCompletedExceptionally();
		assertThat(decided.handle((outcomes, failure) -> UndecidedException.root(failure)).join())
			.isInstanceOf(IllegalStateException.class);
	}

	@Test
	void quotaIsSettledWhereItWasRecorded() {
		Quota quota = REQUEST.get(0).quotas().get(0);
		Outcome inProcess = this.store.local().decide(quota).get(0).withDecidedBy(DecidedBy.LOCAL);
		List<Settlement> settlements = List.of(new Settlement(quota, RECORDED, 0), new Settlement(quota, inProcess, 0),
				new Settlement(quota, RECORDED, 2));
		this.store.settled = CompletableFuture.completedFuture(List.of(Result.STANDS, Result.SETTLED));
		assertThat(this.store.settle(settlements)).containsExactly(Result.STANDS, Result.SETTLED, Result.SETTLED);
		assertThat(this.store.settlements).containsExactly(settlements.get(0), settlements.get(2));
		assertThat(this.store.local().peek(REQUEST.get(0))).extracting(Outcome::remaining).containsExactly(9L);
	}

	@Test
	void settlementThatTheStoreDoesNotAnswerIsLost() {
		Settlement settlement = new Settlement(REQUEST.get(0).quotas().get(0), RECORDED, 0);
		this.store.settled = CompletableFuture.failedFuture(new UndecidedException("reset"));
		assertThat(this.store.settle(List.of(settlement))).containsExactly(Result.LOST);
		this.store.goAway();
		this.store.settlements.clear();
		assertThat(this.store.settleAsync(List.of(settlement), this.workers::add).toCompletableFuture())
			.isCompletedWithValue(List.of(Result.LOST));
		assertThat(this.store.settlements).isEmpty();
	}

	@Test
	void knownDenialEndsWhenASettlementOfItsHistoryIsAnswered() {
		this.store.outcome = DENIED;
		this.store.decide(REQUEST);
		CompletableFuture<List<Outcome>> inFlight = new CompletableFuture<>();
		this.store.answer = inFlight;
		Settlement settlement = new Settlement(REQUEST.get(0).quotas().get(0), RECORDED, 0);
		this.store.settled = new CompletableFuture<>();
		CompletableFuture<List<Result>> settled = this.store.settleAsync(List.of(settlement), this.workers::add)
			.toCompletableFuture();
		decideAsync();
		assertThat(this.store.asked).as("not answered yet").hasValue(1);
		this.store.settled.complete(List.of(Result.SETTLED));
		assertThat(settled).isCompletedWithValue(List.of(Result.SETTLED));
		decideAsync();
		assertThat(this.store.asked).hasValue(2);
	}

	@Test
	void storeSaysWhichOfItsFailuresAreLate() {
		this.store.lateFailure = SQLTimeoutException.class;
		this.store.failed(this.store.attempt(""), new SQLTimeoutException());
		assertThat(this.store.isAvailable()).isTrue();
		this.store.failed(this.store.attempt(""), new SQLException("refused"));
		assertThat(this.store.isAvailable()).isFalse();
	}

	@Test
	@Timeout(20)
	void storeIsProbedWithoutARequest() throws Exception {
		this.store.goAway();
		this.store.start();
		this.store.back.get();
		await().until(this.store::isAvailable);
	}

	@Test
	@Timeout(20)
	void storeIsProbedAgainAfterAProbeThatFailedWithAnError() throws Exception {
		this.store.error = new NoClassDefFoundError("The probe fails on purpose");
		this.store.goAway();
		this.store.start();
		await().until(this.store::isAvailable);
	}

	@Test
	void probeAndOverridesThatBlockDoNotStopTheSchedule() throws Exception {
		this.store.hung = new CompletableFuture<>();
		RateOverrides overrides = new Overrides(this.store);
		CountDownLatch read = new CountDownLatch(1);
		overrides.follow((kept, now) -> read.countDown());
		this.store.goAway();
		this.store.start();
		this.store.scheduled.await();
		assertThat(this.store.isAvailable()).isFalse();
		assertThatExceptionOfType(BackendUnavailableException.class)
			.isThrownBy(() -> overrides.set("user", "5/day", null));
		this.store.hung.complete(null);
		read.await();
		await().until(this.store::isAvailable);
		overrides.set("user", "5/day", null);
	}

	@Test
	void threadDoesNotKeepTheClassLoaderOfItsCreator() throws Exception {
		Thread caller = Thread.currentThread();
		ClassLoader before = caller.getContextClassLoader();
		CompletableFuture<ClassLoader> found = new CompletableFuture<>();
		try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
			caller.setContextClassLoader(application);
			this.store.inBackground(() -> found.complete(Thread.currentThread().getContextClassLoader()));
			assertThat(found.get()).isSameAs(RemoteCacheBackend.class.getClassLoader());
		}
		finally {
			caller.setContextClassLoader(before);
		}
	}

	private CompletableFuture<List<Outcome>> decideAsync() {
		return this.store.decideAsync(REQUEST, this.workers::add).toCompletableFuture();
	}

	private void runWorkers() {
		List<Runnable> tasks = List.copyOf(this.workers);
		this.workers.clear();
		tasks.forEach(Runnable::run);
		if (!this.workers.isEmpty()) {
			runWorkers();
		}
	}

	/**
	 * A store with one server.
	 */
	private static final class Store extends RemoteCacheBackend {

		private final AtomicInteger asked = new AtomicInteger();

		private final CompletableFuture<Void> back = new CompletableFuture<>();

		private volatile Error error;

		private final CountDownLatch scheduled = new CountDownLatch(2);

		private CompletableFuture<Void> hung = CompletableFuture.completedFuture(null);

		private Outcome outcome = ALLOWED;

		private CompletableFuture<List<Outcome>> answer;

		private CompletableFuture<List<Result>> settled = CompletableFuture.completedFuture(List.of());

		private final List<Settlement> settlements = new ArrayList<>();

		private Class<? extends Throwable> lateFailure = TimeoutException.class;

		Store(Duration timeout) {
			super(new Builder(MemoryCacheBackend.builder().build()).timeout(timeout).knownDenials(Duration.ofHours(1)));
		}

		void goAway() {
			failed(attempt(""), new IllegalStateException("refused"));
		}

		@Override
		protected List<Outcome> ask(List<QuotaGroup> groups, boolean record, long deadlineNanos) {
			Attempt attempt = attempt("");
			this.asked.incrementAndGet();
			attempt.answered();
			return List.of(this.outcome);
		}

		@Override
		protected CompletableFuture<List<Outcome>> askAsync(List<QuotaGroup> groups, boolean record, long deadlineNanos,
				Executor workers) {
			if (this.answer == null) {
				return super.askAsync(groups, record, deadlineNanos, workers);
			}
			attempt("");
			this.asked.incrementAndGet();
			return this.answer.copy();
		}

		@Override
		protected boolean isLate(Throwable cause) {
			return this.lateFailure.isInstance(cause);
		}

		@Override
		protected CompletableFuture<List<Result>> settle(List<Settlement> settlements, long deadlineNanos,
				Executor workers) {
			attempt("");
			this.settlements.addAll(settlements);
			return this.settled.copy();
		}

		@Override
		protected void forget(Client client, Scope scope, long deadlineNanos) {
			throw failed(attempt(""), new TimeoutException());
		}

		@Override
		protected CompletionStage<?> probe(String server, long deadlineNanos, Executor blocking) {
			Error once = this.error;
			if (once != null) {
				this.error = null;
				throw once;
			}
			return CompletableFuture.runAsync(() -> {
				this.hung.join();
				this.back.complete(null);
			}, blocking);
		}

		@Override
		protected void onSchedule(Executor blocking) {
			this.scheduled.countDown();
		}

		@Override
		protected void closeStore() {
		}

		@Override
		public RateOverrides rateOverrides() {
			throw new UnsupportedOperationException();
		}

	}

	/**
	 * The overrides of a store that blocks.
	 */
	private static final class Overrides extends RemoteRateOverrides {

		private final Store store;

		Overrides(Store store) {
			super(store, "");
			this.store = store;
		}

		@Override
		protected CompletableFuture<Kept> read(String configured, Executor blocking) {
			return CompletableFuture.supplyAsync(() -> {
				this.store.hung.join();
				return new Kept(Instant.EPOCH, List.of(), List.of());
			}, blocking);
		}

		@Override
		protected CompletableFuture<Kept> change(String scope, String rates, Duration duration, String configured,
				long deadlineNanos, Executor blocking) {
			return read(configured, blocking);
		}

		@Override
		protected boolean isAnswer(Throwable cause) {
			return false;
		}

	}

	private static final class Builder extends RemoteBackendBuilder<Builder> {

		Builder(CacheBackend local) {
			super(local, "The store", Duration.ofMillis(100));
		}

		@Override
		protected Builder self() {
			return this;
		}

	}

}
