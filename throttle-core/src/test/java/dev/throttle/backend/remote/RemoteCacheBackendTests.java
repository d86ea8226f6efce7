package dev.throttle.backend.remote;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RemoteCacheBackend}, on a store that blocks as a database does and on
 * one that does not.
 */
class RemoteCacheBackendTests {

	private static final List<QuotaGroup> REQUEST = List
		.of(new QuotaGroup(List.of(new Quota(Client.user("alice"), Policy.of("user", Rate.parse("9/day"))))));

	private static final Outcome ALLOWED = new Outcome(true, 8, 0, 1_000_000_000, null);

	private static final Outcome DENIED = new Outcome(false, 0, 3_600_000_000_000L, 3_600_000_000_000L, null);

	private final List<Runnable> workers = new ArrayList<>();

	private final Store store = new Store(MemoryCacheBackend.builder().build());

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
	@Timeout(20)
	void storeIsProbedWithoutARequest() throws Exception {
		this.store.goAway();
		this.store.start();
		this.store.back.get();
		while (!this.store.isAvailable()) {
			Thread.onSpinWait();
		}
	}

	@Test
	@Timeout(20)
	void storeIsProbedAgainAfterAProbeThatFailedWithAnError() throws Exception {
		this.store.error = new NoClassDefFoundError("The probe fails on purpose");
		this.store.goAway();
		this.store.start();
		while (!this.store.isAvailable()) {
			Thread.sleep(10);
		}
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

		private Outcome outcome = ALLOWED;

		private CompletableFuture<List<Outcome>> answer;

		Store(CacheBackend local) {
			super(new Builder(local).knownDenials(Duration.ofHours(1)));
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
		protected void forget(Client client, Policy policy, long deadlineNanos) {
			throw failed(attempt(""), new TimeoutException());
		}

		@Override
		protected CompletionStage<?> probe(String server) {
			Error once = this.error;
			if (once != null) {
				this.error = null;
				throw once;
			}
			this.back.complete(null);
			return this.back;
		}

		@Override
		protected void closeStore() {
		}

		@Override
		public RateOverrides rateOverrides() {
			throw new UnsupportedOperationException();
		}

	}

	private static final class Builder extends RemoteBackendBuilder<Builder> {

		Builder(CacheBackend local) {
			super(local, "The store");
		}

		@Override
		protected Builder self() {
			return this;
		}

	}

}
