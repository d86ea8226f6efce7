package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisLoadingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Retries}.
 */
class RetriesTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private int tries;

	@ParameterizedTest
	@ValueSource(strings = { "TRYAGAIN Multiple keys request during rehashing of slot", "ASK 3999 127.0.0.1:6381",
			"MOVED 3999 127.0.0.1:6381", "CLUSTERDOWN The cluster is down", "CLUSTERDOWN Hash slot not served",
			"LOADING Redis is loading the dataset in memory",
			"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'." })
	void whatAClusterDidNotExecuteIsTriedAgainAfterAPause(String error) {
		RedisCommandExecutionException refused = new RedisCommandExecutionException(error);
		long start = System.nanoTime();
		assertThat(run(true, PATIENCE, refused, new CompletionException(refused), "done")).isEqualTo("done");
		assertThat(this.tries).isEqualTo(3);
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * Retries.PAUSE.toNanos());
	}

	@Test
	void serverThatIsLoadingIsTriedAgain() {
		assertThat(run(false, PATIENCE, new RedisLoadingException("LOADING Redis is loading"), "done"))
			.isEqualTo("done");
	}

	@ParameterizedTest
	@ValueSource(strings = { "MOVED 3999 127.0.0.1:6381", "ASK 3999 127.0.0.1:6381" })
	void oneServerIsNotTriedAgainForWhatAnotherHas(String error) {
		assertIsTriedOnce(false, new RedisCommandExecutionException(error));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ERR TRYAGAIN in a script", "OOM command not allowed when used memory > 'maxmemory'",
			"CROSSSLOT Keys in request don't hash to the same slot", "READONLY You can't write against a replica",
			"WRONGTYPE Operation against a key holding the wrong kind of value" })
	void whatMayHaveBeenExecutedOrDoesNotPassIsTriedOnce(String error) {
		assertIsTriedOnce(true, new RedisCommandExecutionException(error));
	}

	@Test
	void whatWasNotAnsweredIsTriedOnce() {
		assertIsTriedOnce(true, new RedisCommandTimeoutException("TRYAGAIN"));
	}

	@Test
	void lastErrorIsTheFailureWhenTimeIsUp() {
		RedisCommandExecutionException refused = new RedisCommandExecutionException("TRYAGAIN later");
		long start = System.nanoTime();
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> run(true, Retries.PAUSE.multipliedBy(20), refused))
			.withCause(refused);
		assertThat(System.nanoTime() - start).isLessThan(PATIENCE.toNanos());
		assertThat(this.tries).isBetween(2, 20);
	}

	private void assertIsTriedOnce(boolean cluster, Exception failure) {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> run(cluster, PATIENCE, failure, "done"))
			.withCause(failure);
		assertThat(this.tries).isEqualTo(1);
	}

	/**
	 * Run a command that has these results one after the other, and then the last again.
	 */
	private Object run(boolean cluster, Duration timeout, Object... results) {
		Queue<Object> left = new ArrayDeque<>(List.of(results));
		Supplier<CompletableFuture<Object>> command = () -> {
			this.tries++;
			Object result = (left.size() > 1) ? left.remove() : left.element();
			return (result instanceof Exception failure) ? CompletableFuture.failedFuture(failure)
					: CompletableFuture.completedFuture(result);
		};
		long start = System.nanoTime();
		return Retries.whileTemporary(command.get(), start, command, cluster, start + timeout.toNanos()).join();
	}

}
