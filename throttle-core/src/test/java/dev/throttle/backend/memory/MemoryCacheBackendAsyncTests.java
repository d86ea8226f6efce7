package dev.throttle.backend.memory;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.test.AsyncCacheBackend;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract where nobody waits.
 */
class MemoryCacheBackendAsyncTests extends MemoryCacheBackendContractTests {

	@Override
	protected CacheBackend backend() {
		return new AsyncCacheBackend(super.backend());
	}

	@Test
	void answersAtOnceWithoutAWorker() {
		QuotaGroup group = new QuotaGroup(
				List.of(new Quota(Client.user("alice"), Policy.of("user", Rate.parse("2/s")))));
		Executor workers = (task) -> {
			throw new AssertionError("A worker is asked though nothing blocks");
		};
		CompletionStage<List<Outcome>> decided = super.backend().decideAsync(List.of(group), workers);
		assertThat(decided).isCompletedWithValueMatching((outcomes) -> outcomes.get(0).remaining() == 1);
		assertThat(super.backend().peekAsync(group, workers))
			.isCompletedWithValueMatching((outcomes) -> outcomes.get(0).remaining() == 1);
		Settlement settlement = new Settlement(group.quotas().get(0), decided.toCompletableFuture().join().get(0), 0);
		assertThat(super.backend().settleAsync(List.of(settlement), workers))
			.isCompletedWithValue(List.of(Settlement.Result.SETTLED));
	}

}
