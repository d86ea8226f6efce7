package dev.throttle;

import java.util.List;
import java.util.Map;

import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AnonRateThrottle}.
 */
class AnonRateThrottleTests {

	private final AnonRateThrottle throttle = new AnonRateThrottle();

	@Test
	void anonymousRequestIsCountedByAddress() {
		assertThat(this.throttle.check(new MockThrottleRequest().withAddress("203.0.113.7")))
			.isEqualTo(Verdict.count("anon", Client.address("203.0.113.7")));
	}

	@Test
	void userIsNotCounted() {
		assertThat(this.throttle.check(new MockThrottleRequest().withUser("amy"))).isEqualTo(Verdict.allow());
	}

	@Test
	void scopeAndRateCanBeOwn() {
		AnonRateThrottle burst = new AnonRateThrottle("anon-burst");
		AnonRateThrottle own = new AnonRateThrottle("anon-burst", "2/s");
		assertThat(this.throttle.scopes()).containsExactly(Scope.of("anon"));
		assertThat(burst.scopes()).containsExactly(Scope.of("anon-burst"));
		assertThat(burst.ownRates()).isEmpty();
		assertThat(own.scopes()).containsExactly(Scope.of("anon-burst"));
		assertThat(own.ownRates()).isEqualTo(Map.of(Scope.of("anon-burst"), List.of(Rate.parse("2/s"))));
		for (AnonRateThrottle each : List.of(burst, own)) {
			assertThat(each.check(new MockThrottleRequest()))
				.isEqualTo(Verdict.count("anon_burst", Client.address("192.0.2.1")));
		}
	}

}
