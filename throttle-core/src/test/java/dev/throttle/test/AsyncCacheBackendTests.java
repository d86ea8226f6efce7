package dev.throttle.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AsyncCacheBackend}.
 */
class AsyncCacheBackendTests {

	private static final Outcome OUTCOME = new Outcome(true, 8, 0, 1_000_000_000, null);

	private static final Quota QUOTA = new Quota(Client.user("alice"), Policy.of("user", Rate.parse("9/day")));

	private final Backend backend = new Backend();

	private final CacheBackend async = new AsyncCacheBackend(this.backend);

	@Test
	void oneQuotaIsDecidedAsynchronouslyToo() {
		assertThat(this.async.decide(QUOTA)).containsExactly(OUTCOME);
		assertThat(this.backend.called).containsExactly("decideAsync");
	}

	@Test
	void otherwiseItIsTheBackendThatDecides() {
		assertThat(this.async.isShared()).isTrue();
		assertThat(this.async.isAvailable()).isFalse();
		this.async.warmUp(Duration.ofSeconds(1));
		this.async.reset(QUOTA.client(), QUOTA.policies().get(0).scope());
		assertThat(this.backend.called).containsExactly("warmUp", "reset");
	}

	private static final class Backend implements CacheBackend {

		private final List<String> called = new ArrayList<>();

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
			this.called.add("decideAsync");
			return CompletableFuture.completedFuture(List.of(OUTCOME));
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
			this.called.add("reset");
		}

		@Override
		public boolean isShared() {
			return true;
		}

		@Override
		public boolean isAvailable() {
			return false;
		}

		@Override
		public void warmUp(Duration atMost) {
			this.called.add("warmUp");
		}

	}

}
