package dev.throttle;

import java.util.List;

import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScopedRateThrottle}.
 */
class ScopedRateThrottleTests {

	private final ScopedRateThrottle throttle = new ScopedRateThrottle();

	@Test
	void requestIsCountedUnderTheScopesOfItsHandler() {
		MockThrottleRequest request = new MockThrottleRequest().withUser("amy").withScopes("uploads", "exports");
		assertThat(this.throttle.check(request))
			.isEqualTo(new Verdict.Count(List.of(Scope.of("uploads"), Scope.of("exports")), Client.user("amy"), 1));
	}

	@Test
	void anonymousRequestIsCountedByAddress() {
		assertThat(this.throttle.check(new MockThrottleRequest().withScopes("uploads")))
			.isEqualTo(Verdict.count("uploads", Client.address("192.0.2.1")));
	}

	@Test
	void handlerWithoutAScopeHasNoLimit() {
		assertThat(this.throttle.check(new MockThrottleRequest().withUser("amy"))).isEqualTo(Verdict.allow());
	}

	@Test
	void noScopeIsItsOwn() {
		assertThat(this.throttle.scopes()).isEmpty();
		assertThat(this.throttle.ownRates()).isEmpty();
	}

}
