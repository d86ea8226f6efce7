package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BatchingSender}.
 */
class BatchingSenderTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final AtomicLong now = new AtomicLong();

	private final List<Call> calls = new ArrayList<>();

	private final ScriptSender sender = sender(new BatchingSender((requests, deadline) -> {
		Call call = new Call(requests, deadline, new CompletableFuture<>());
		this.calls.add(call);
		return call.answers();
	}, this.now::get));

	ScriptSender sender(BatchingSender batching) {
		return batching;
	}

	/**
	 * Have somebody wait for an answer until its request is sent.
	 * @return how long that waited for others, in nanoseconds
	 */
	long watch(CompletableFuture<Answer> answer) {
		long start = System.nanoTime();
		try {
			answer.get(0, TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			// not answered
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return System.nanoTime() - start;
	}

	@Test
	void requestIsSentAtOnceAndAloneWhileFewCallsAreInFlight() {
		for (int i = 1; i <= BatchingSender.MAX_IN_FLIGHT; i++) {
			add();
			assertThat(this.calls).hasSize(i);
			assertThat(last().requests()).hasSize(1);
		}
		add();
		assertThat(this.calls).hasSize(BatchingSender.MAX_IN_FLIGHT);
	}

	@Test
	void requestsThatWaitAreSentTogetherWhenACallIsAnswered() {
		CompletableFuture<Answer> first = fill();
		List<CompletableFuture<Answer>> waiting = add(5);
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
		this.now.addAndGet(BatchingSender.MAX_WAIT.toNanos() - 1);
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
		add(2 * BatchingSender.MAX_QUOTAS);
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
		CompletableFuture<Answer> first = add();
		CompletableFuture<Answer> other = add();
		watch(other);
		assertThat(this.calls).hasSize(1);
		assertThat(watch(first)).isGreaterThanOrEqualTo(BatchingSender.MAX_WAIT.toNanos());
		assertThat(this.calls).hasSize(2);
		assertThat(last().requests()).hasSize(2);
	}

	@Test
	void firstThatNoLongerWaitsSendsNobodyElse() {
		fill();
		CompletableFuture<Answer> sent = add();
		this.calls.get(0).answer();
		CompletableFuture<Answer> next = add();
		assertThat(this.calls).hasSize(2);
		watch(sent);
		assertThat(this.calls).hasSize(2);
		watch(next);
		assertThat(this.calls).hasSize(3);
	}

	@Test
	@Timeout(20)
	void firstThatWaitsIsNotWatchedBeyondItsDeadline() {
		this.now.set(60 * SECOND);
		fill();
		this.now.set(0);
		CompletableFuture<Answer> first = this.sender.send(request(1), 1);
		this.now.set(1);
		watch(first);
		assertThat(first).isCompletedExceptionally();
		assertThat(this.calls).hasSize(1);
	}

	@Test
	void requestsAreSentWhereTheThreadThatWatchesIsInterrupted() {
		fill();
		CompletableFuture<Answer> first = add();
		add();
		Thread.currentThread().interrupt();
		watch(first);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(last().requests()).hasSize(2);
	}

	@Test
	void failedCallFailsItsOwnRequests() {
		CompletableFuture<Answer> first = fill();
		List<CompletableFuture<Answer>> waiting = add(3);
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
		BatchingSender broken = new BatchingSender((requests, deadline) -> {
			throw new NoClassDefFoundError("closed");
		}, this.now::get);
		for (int i = 0; i < 2 * BatchingSender.MAX_IN_FLIGHT; i++) {
			assertThat(sender(broken).send(request(1), SECOND)).isCompletedExceptionally();
		}
	}

	@Test
	void sharedCallHasTheEarliestDeadline() {
		fill();
		this.sender.send(request(1), 7 * SECOND);
		this.sender.send(request(1), 5 * SECOND);
		this.sender.send(request(1), 6 * SECOND);
		this.calls.get(0).answer();
		assertThat(last().deadline()).isEqualTo(5 * SECOND);
	}

	@Test
	void requestWhoseDeadlineIsOverIsNotSent() {
		fill();
		CompletableFuture<Answer> overdue = this.sender.send(request(1), SECOND);
		CompletableFuture<Answer> other = this.sender.send(request(1), SECOND + 1);
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
		this.sender.send(request(1), SECOND);
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
		CompletableFuture<Answer> probe = this.sender.send(request(1), 61 * SECOND);
		assertThat(this.calls).hasSize(2);
		last().answer();
		assertThat(probe).isCompleted();
		CompletableFuture<Answer> waiting = add();
		assertThat(this.calls).hasSize(2);
		watch(waiting);
		assertThat(this.calls).hasSize(3);
	}

	@Test
	void requestsThatFillACallAreSentAtOnce() {
		fill();
		add(BatchingSender.MAX_QUOTAS - 1);
		assertThat(this.calls).hasSize(1);
		add();
		assertThat(this.calls).hasSize(2);
		assertThat(last().requests()).hasSize(BatchingSender.MAX_QUOTAS);
		add();
		assertThat(this.calls).hasSize(2);
	}

	@Test
	void noCallHasMoreQuotasThanFillOne() {
		fill();
		this.sender.send(request(20), 60 * SECOND);
		assertThat(this.calls).hasSize(1);
		this.sender.send(request(20), 60 * SECOND);
		assertThat(this.calls).hasSize(3);
		assertThat(this.calls.subList(1, 3)).allSatisfy((call) -> assertThat(call.requests()).hasSize(1));
	}

	@Test
	void requestOfMoreQuotasThanFillACallIsSentAlone() {
		fill();
		add();
		this.sender.send(request(BatchingSender.MAX_QUOTAS + 1), 60 * SECOND);
		assertThat(this.calls).hasSize(3);
		assertThat(last().requests()).hasSize(1);
	}

	/**
	 * Send as many calls as are in flight before requests wait, and forget all but the
	 * first.
	 */
	CompletableFuture<Answer> fill() {
		CompletableFuture<Answer> first = add();
		add(BatchingSender.MAX_IN_FLIGHT - 1);
		this.calls.subList(1, this.calls.size()).clear();
		return first;
	}

	private List<CompletableFuture<Answer>> add(int requests) {
		return IntStream.range(0, requests).mapToObj((i) -> add()).toList();
	}

	CompletableFuture<Answer> add() {
		return this.sender.send(request(1), this.now.get() + 60 * SECOND);
	}

	private Call last() {
		return this.calls.get(this.calls.size() - 1);
	}

	private static Request request(int quotas) {
		Policy policy = Policy.of("user", Rate.parse("100/min"));
		return Request.of(List.of(new QuotaGroup(
				IntStream.range(0, quotas).mapToObj((i) -> new Quota(Client.user("user-" + i), policy)).toList())),
				true, new RedisKeys("throttle", null));
	}

	private record Call(List<Request> requests, long deadline, CompletableFuture<List<Answer>> answers) {

		/**
		 * Answer each request with its number in the call.
		 */
		void answer() {
			this.answers.complete(IntStream.range(0, this.requests.size())
				.mapToObj((i) -> Answer.failed(Integer.toString(i)))
				.toList());
		}

	}

}
