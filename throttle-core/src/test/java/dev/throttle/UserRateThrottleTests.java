package dev.throttle;

import java.util.List;
import java.util.Map;

import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UserRateThrottle}.
 */
class UserRateThrottleTests {

	private final UserRateThrottle throttle = new UserRateThrottle();

	@Test
	void userIsCountedByName() {
		assertThat(this.throttle.check(new MockThrottleRequest().withUser("amy")))
			.isEqualTo(Verdict.count("user", Client.user("amy")));
	}

	@Test
	void anonymousRequestIsCountedByAddress() {
		assertThat(this.throttle.check(new MockThrottleRequest()))
			.isEqualTo(Verdict.count("user", Client.address("192.0.2.1")));
	}

	@Test
	void userWhoIsNamedLikeAnAddressIsNotThatAddress() {
		MockThrottleRequest user = new MockThrottleRequest().withUser("192.0.2.1");
		MockThrottleRequest address = new MockThrottleRequest().withAddress("192.0.2.1");
		assertThat(this.throttle.check(user)).isNotEqualTo(this.throttle.check(address));
	}

	@Test
	void scopeAndRateCanBeOwn() {
		UserRateThrottle burst = new UserRateThrottle("burst");
		UserRateThrottle own = new UserRateThrottle("burst", "2/s, 9/h");
		assertThat(this.throttle.scopes()).containsExactly(Scope.of("user"));
		assertThat(burst.scopes()).containsExactly(Scope.of("burst"));
		assertThat(burst.ownRates()).isEmpty();
		assertThat(own.scopes()).containsExactly(Scope.of("burst"));
		assertThat(own.ownRates()).isEqualTo(Map.of(Scope.of("burst"), Rate.parseAll("2/s, 9/h")));
		for (UserRateThrottle each : List.of(burst, own)) {
			assertThat(each.check(new MockThrottleRequest().withUser("amy")))
				.isEqualTo(Verdict.count("burst", Client.user("amy")));
		}
	}

}
