package dev.throttle;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AnonRateThrottle}.
 */
class AnonRateThrottleTests {

	private final AnonRateThrottle throttle = new AnonRateThrottle();

	@Test
	void anonymousRequestIsCountedByAddress() {
		StubRequest request = new StubRequest().withAddress("203.0.113.7").withRate("anon", "100/hour");
		assertThat(this.throttle.check(request)).isEqualTo(
				Verdict.ask(new Quota(Client.address("203.0.113.7"), Policy.of("anon", Rate.parse("100/hour")))));
	}

	@Test
	void userIsNotCounted() {
		StubRequest request = new StubRequest().withUser("amy").withRate("anon", "100/hour");
		assertThat(this.throttle.check(request)).isEqualTo(Verdict.allow());
	}

	@Test
	void scopeAndRateCanBeOwn() {
		AnonRateThrottle burst = new AnonRateThrottle("anon-burst");
		AnonRateThrottle own = new AnonRateThrottle("anon-burst", "2/s");
		StubRequest request = new StubRequest().withRate("anon", "9/day").withRate("anon_burst", "5/s");
		assertThat(this.throttle.scopes()).containsExactly("anon");
		assertThat(burst.scopes()).containsExactly("anon-burst");
		assertThat(own.scopes()).isEmpty();
		assertThat(burst.check(request))
			.isEqualTo(Verdict.ask(new Quota(Client.address("192.0.2.1"), Policy.of("anon_burst", Rate.parse("5/s")))));
		assertThat(own.check(request))
			.isEqualTo(Verdict.ask(new Quota(Client.address("192.0.2.1"), Policy.of("anon-burst", Rate.parse("2/s")))));
	}

}
