package dev.throttle.backend.memory;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract, held by the stages of decisions, which are complete at once.
 */
class MemoryCacheBackendAsyncContractTests extends MemoryCacheBackendContractTests {

	@Override
	protected CacheBackend backend() {
		CacheBackend backend = super.backend();
		return new CacheBackend() {

			@Override
			public List<Outcome> decide(List<QuotaGroup> groups) {
				return completed(backend.decideAsync(groups, MemoryCacheBackendAsyncContractTests::refuse));
			}

			@Override
			public List<Outcome> peek(QuotaGroup group) {
				return completed(backend.peekAsync(group, MemoryCacheBackendAsyncContractTests::refuse));
			}

			@Override
			public void reset(Client client, Policy policy) {
				backend.reset(client, policy);
			}

		};
	}

	private static void refuse(Runnable task) {
		throw new AssertionError("No worker is needed");
	}

	private static List<Outcome> completed(CompletionStage<List<Outcome>> stage) {
		CompletableFuture<List<Outcome>> future = stage.toCompletableFuture();
		assertThat(future).isCompleted();
		return future.join();
	}

}
