package dev.throttle;

import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApiKeyRateThrottle}.
 */
class ApiKeyRateThrottleTests {

	private final ApiKeyRateThrottle throttle = new ApiKeyRateThrottle("X-API-Key");

	@Test
	void requestIsCountedByTheKeyInItsHeader() {
		assertThat(this.throttle.check(new MockThrottleRequest().withHeader("X-API-Key", "k-1").withUser("amy")))
			.isEqualTo(Verdict.count("api-key", Client.secret("api-key", "k-1")));
	}

	@Test
	void requestWithoutAKeyIsNotCounted() {
		assertThat(this.throttle.check(new MockThrottleRequest())).isEqualTo(Verdict.allow());
	}

}
