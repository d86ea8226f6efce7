package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.RemoteBackendListener;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a {@link RemoteBackendListener} is told.
 */
@Tag("integration")
class RedisListenersTests {

	private final List<String> told = new ArrayList<>();

	private final RemoteBackendListener listener = new RemoteBackendListener() {

		@Override
		public void asked(boolean answered, long nanos) {
			assertThat(nanos).isPositive();
			RedisListenersTests.this.told.add(answered ? "answered" : "failed");
		}

		@Override
		public void knownDenial() {
			RedisListenersTests.this.told.add("known");
		}

		@Override
		public void breakerChanged(boolean open) {
			RedisListenersTests.this.told.add(open ? "open" : "closed");
		}

	};

	@Test
	void listenerIsToldOfQuestionsAndOfDenialsThatNeedNone() {
		try (RedisCacheBackend backend = RedisCacheBackend
			.builder(RedisFixture.connector(), MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(10))
			.knownDenials(Duration.ofHours(1))
			.build()) {
			backend.addListener(this.listener);
			Quota quota = new Quota(Client.of("listened", Long.toString(System.nanoTime())),
					Policy.of("user", Rate.parse("1/day")));
			for (int i = 0; i < 4; i++) {
				backend.decide(quota);
			}
		}
		assertThat(this.told).containsExactly("closed", "answered", "answered", "known", "known");
	}

}
