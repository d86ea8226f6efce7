package dev.throttle;

import java.util.List;
import java.util.Map;

import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AddressRateThrottle}.
 */
class AddressRateThrottleTests {

	private final MockThrottleRequest request = new MockThrottleRequest().withAddress("203.0.113.7");

	@Test
	void everybodyIsCountedByAddress() {
		AddressRateThrottle throttle = new AddressRateThrottle();
		Verdict counted = Verdict.count("address", Client.address("203.0.113.7"));
		assertThat(throttle.check(this.request)).isEqualTo(counted);
		assertThat(throttle.check(this.request.withUser("amy"))).isEqualTo(counted);
	}

	@Test
	void scopeAndRateCanBeOwn() {
		AddressRateThrottle own = new AddressRateThrottle("address-burst", "2/s");
		assertThat(new AddressRateThrottle("address-burst").ownRates()).isEmpty();
		assertThat(own.scopes()).containsExactly(Scope.of("address-burst"));
		assertThat(own.ownRates()).isEqualTo(Map.of(Scope.of("address-burst"), List.of(Rate.parse("2/s"))));
	}

}
