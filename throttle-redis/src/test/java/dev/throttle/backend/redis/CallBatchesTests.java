package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.Rate;
import dev.throttle.backend.QuotaGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallBatches}.
 */
class CallBatchesTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final AtomicLong now = new AtomicLong();

	private final List<Call> calls = new ArrayList<>();

	private final CallBatches batches = new CallBatches((requests, deadline) -> {
		Call call = new Call(requests, deadline, new CompletableFuture<>());
		this.calls.add(call);
		return call.answers();
	}, this.now::get);

	@Test
	void requestIsSentAtOnceAndAloneWhileFewCallsAreInFlight() {
		for (int i = 1; i <= CallBatches.MAX_IN_FLIGHT; i++) {
			add();
			assertThat(this.calls).hasSize(i);
			assertThat(last().requests()).hasSize(1);
		}
		add();
		assertThat(this.calls).hasSize(CallBatches.MAX_IN_FLIGHT);
	}

	@Test
	void requestsThatWaitAreSentTogetherWhenACallIsAnswered() {
		CompletableFuture<ScriptAnswer> first = fill();
		List<CompletableFuture<ScriptAnswer>> waiting = add(5);
		assertThat(this.calls).hasSize(1);
		this.calls.get(0).answer();
		assertThat(first).isCompleted();
		assertThat(this.calls).hasSize(2);
		assertThat(last().requests()).hasSize(5);
		assertThat(waiting).noneMatch(CompletableFuture::isDone);
		last().answer();
		assertThat(waiting).extracting((answer) -> answer.join().error()).containsExactly("0", "1", "2", "3", "4");
	}

	@Test
	void requestsThatWaitAreSentBeforeTheAnswerIsHandedOn() {
		CompletableFuture<Integer> sent = fill().thenApply((answer) -> this.calls.size());
		add();
		this.calls.get(0).answer();
		assertThat(sent).isCompletedWithValue(2);
	}

	@Test
	void requestThatComesAfterTheWaitIsSentAtOnceWithThoseThatWait() {
		fill();
		this.now.addAndGet(CallBatches.MAX_WAIT.toNanos() - 1);
		add(2);
		assertThat(this.calls).hasSize(1);
		this.now.addAndGet(1);
		add();
		assertThat(this.calls).hasSize(2);
		assertThat(last().requests()).hasSize(3);
		add();
		assertThat(this.calls).hasSize(2);
	}

	@Test
	void requestsWaitOnWhereAsManyCallsAreStillInFlight() {
		fill();
		add(2 * CallBatches.MAX_QUOTAS);
		add();
		assertThat(this.calls).hasSize(3);
		this.calls.get(0).answer();
		this.calls.get(1).answer();
		assertThat(this.calls).hasSize(3);
		this.calls.get(2).answer();
		assertThat(this.calls).hasSize(4);
	}

	@Test
	void firstThatWaitsIsSentWithTheOthersAfterTheWait() {
		fill();
		CompletableFuture<ScriptAnswer> first = add();
		CompletableFuture<ScriptAnswer> other = add();
		this.batches.watch(other);
		assertThat(this.calls).hasSize(1);
		long start = System.nanoTime();
		this.batches.watch(first);
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(CallBatches.MAX_WAIT.toNanos());
		assertThat(this.calls).hasSize(2);
		assertThat(last().requests()).hasSize(2);
	}

	@Test
	void firstThatNoLongerWaitsSendsNobodyElse() {
		fill();
		CompletableFuture<ScriptAnswer> sent = add();
		this.calls.get(0).answer();
		CompletableFuture<ScriptAnswer> next = add();
		assertThat(this.calls).hasSize(2);
		this.batches.watch(sent);
		assertThat(this.calls).hasSize(2);
		this.batches.watch(next);
		assertThat(this.calls).hasSize(3);
	}

	@Test
	@Timeout(20)
	void firstThatWaitsIsNotWatchedBeyondItsDeadline() {
		this.now.set(60 * SECOND);
		fill();
		this.now.set(0);
		CompletableFuture<ScriptAnswer> first = this.batches.add(request(1), 1);
		this.now.set(1);
		this.batches.watch(first);
		assertThat(first).isCompletedExceptionally();
		assertThat(this.calls).hasSize(1);
	}

	@Test
	void requestsAreSentWhereTheThreadThatWatchesIsInterrupted() {
		fill();
		CompletableFuture<ScriptAnswer> first = add();
		add();
		Thread.currentThread().interrupt();
		this.batches.watch(first);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(last().requests()).hasSize(2);
	}

	@Test
	void failedCallFailsItsOwnRequests() {
		CompletableFuture<ScriptAnswer> first = fill();
		List<CompletableFuture<ScriptAnswer>> waiting = add(3);
		this.calls.get(0).answers().completeExceptionally(new IllegalStateException("reset"));
		assertThat(first).isCompletedExceptionally();
		assertThat(waiting).noneMatch(CompletableFuture::isDone);
		assertThat(last().requests()).hasSize(3);
		last().answers().completeExceptionally(new IllegalStateException("reset"));
		assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
		add();
		assertThat(last().requests()).hasSize(1);
	}

	@Test
	void requestThatCannotBeSentFailsAndIsNotWaitedFor() {
		CallBatches broken = new CallBatches((requests, deadline) -> {
			throw new NoClassDefFoundError("closed");
		}, this.now::get);
		for (int i = 0; i < 2 * CallBatches.MAX_IN_FLIGHT; i++) {
			assertThat(broken.add(request(1), SECOND)).isCompletedExceptionally();
		}
	}

	@Test
	void sharedCallHasTheEarliestDeadline() {
		fill();
		this.batches.add(request(1), 7 * SECOND);
		this.batches.add(request(1), 5 * SECOND);
		this.batches.add(request(1), 6 * SECOND);
		this.calls.get(0).answer();
		assertThat(last().deadline()).isEqualTo(5 * SECOND);
	}

	@Test
	void requestWhoseDeadlineIsOverIsNotSent() {
		fill();
		CompletableFuture<ScriptAnswer> overdue = this.batches.add(request(1), SECOND);
		CompletableFuture<ScriptAnswer> other = this.batches.add(request(1), SECOND + 1);
		this.now.set(SECOND);
		this.calls.get(0).answer();
		assertThat(overdue).isCompletedExceptionally();
		assertThat(overdue.handle((answer, failure) -> failure).join()).isInstanceOf(TimeoutException.class);
		assertThat(last().requests()).hasSize(1);
		assertThat(last().deadline()).isEqualTo(SECOND + 1);
		assertThat(other).isNotDone();
	}

	@Test
	void callOfWhichAllDeadlinesAreOverIsNotSentNorWaitedFor() {
		fill();
		this.batches.add(request(1), SECOND);
		this.now.set(SECOND);
		this.calls.get(0).answer();
		assertThat(this.calls).hasSize(1);
		add();
		assertThat(this.calls).hasSize(2);
	}

	@Test
	void nobodyWaitsLongForCallsThatAreNeverAnswered() {
		fill();
		this.now.set(60 * SECOND);
		CompletableFuture<ScriptAnswer> probe = this.batches.add(request(1), 61 * SECOND);
		assertThat(this.calls).hasSize(2);
		last().answer();
		assertThat(probe).isCompleted();
		CompletableFuture<ScriptAnswer> waiting = add();
		assertThat(this.calls).hasSize(2);
		this.batches.watch(waiting);
		assertThat(this.calls).hasSize(3);
	}

	@Test
	void requestsThatFillACallAreSentAtOnce() {
		fill();
		add(CallBatches.MAX_QUOTAS - 1);
		assertThat(this.calls).hasSize(1);
		add();
		assertThat(this.calls).hasSize(2);
		assertThat(last().requests()).hasSize(CallBatches.MAX_QUOTAS);
		add();
		assertThat(this.calls).hasSize(2);
	}

	@Test
	void noCallHasMoreQuotasThanFillOne() {
		fill();
		this.batches.add(request(20), 60 * SECOND);
		assertThat(this.calls).hasSize(1);
		this.batches.add(request(20), 60 * SECOND);
		assertThat(this.calls).hasSize(3);
		assertThat(this.calls.subList(1, 3)).allSatisfy((call) -> assertThat(call.requests()).hasSize(1));
	}

	@Test
	void requestOfMoreQuotasThanFillACallIsSentAlone() {
		fill();
		add();
		this.batches.add(request(CallBatches.MAX_QUOTAS + 1), 60 * SECOND);
		assertThat(this.calls).hasSize(3);
		assertThat(last().requests()).hasSize(1);
	}

	/**
	 * Send as many calls as are in flight before requests wait, and forget all but the
	 * first.
	 */
	private CompletableFuture<ScriptAnswer> fill() {
		CompletableFuture<ScriptAnswer> first = add();
		add(CallBatches.MAX_IN_FLIGHT - 1);
		this.calls.subList(1, this.calls.size()).clear();
		return first;
	}

	private List<CompletableFuture<ScriptAnswer>> add(int requests) {
		return IntStream.range(0, requests).mapToObj((i) -> add()).toList();
	}

	private CompletableFuture<ScriptAnswer> add() {
		return this.batches.add(request(1), this.now.get() + 60 * SECOND);
	}

	private Call last() {
		return this.calls.get(this.calls.size() - 1);
	}

	private static ScriptRequest request(int quotas) {
		Quota quota = new Quota(Client.user("alice"), Policy.of("user", Rate.parse("100/min")));
		return ScriptRequest.of(List.of(new QuotaGroup(IntStream.range(0, quotas).mapToObj((i) -> quota).toList())),
				true, new RedisKeys("throttle", null));
	}

	private record Call(List<ScriptRequest> requests, long deadline, CompletableFuture<List<ScriptAnswer>> answers) {

		/**
		 * Answer each request with its number in the call.
		 */
		void answer() {
			this.answers.complete(IntStream.range(0, this.requests.size())
				.mapToObj((i) -> ScriptAnswer.failed(Integer.toString(i)))
				.toList());
		}

	}

}
