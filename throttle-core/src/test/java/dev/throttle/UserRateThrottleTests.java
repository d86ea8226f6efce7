package dev.throttle;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UserRateThrottle}.
 */
class UserRateThrottleTests {

	private final UserRateThrottle throttle = new UserRateThrottle();

	@Test
	void userIsCountedByName() {
		StubRequest request = new StubRequest().withUser("amy").withRate("user", "60/min");
		assertThat(this.throttle.check(request))
			.isEqualTo(Verdict.ask(new Quota(Client.user("amy"), Policy.of("user", Rate.parse("60/min")))));
	}

	@Test
	void anonymousRequestIsCountedByAddress() {
		StubRequest request = new StubRequest().withRate("user", "60/min");
		assertThat(this.throttle.check(request))
			.isEqualTo(Verdict.ask(new Quota(Client.address("192.0.2.1"), Policy.of("user", Rate.parse("60/min")))));
	}

	@Test
	void userWhoIsNamedLikeAnAddressIsNotThatAddress() {
		StubRequest user = new StubRequest().withUser("192.0.2.1").withRate("user", "60/min");
		StubRequest address = new StubRequest().withAddress("192.0.2.1").withRate("user", "60/min");
		assertThat(this.throttle.check(user)).isNotEqualTo(this.throttle.check(address));
	}

	@Test
	void severalRatesAreAskedTogether() {
		StubRequest request = new StubRequest().withUser("amy").withRate("user", "60/min, 1000/day");
		assertThat(this.throttle.check(request))
			.isEqualTo(Verdict.ask(List.of(new Quota(Client.user("amy"), Policy.of("user", Rate.parse("60/min"))),
					new Quota(Client.user("amy"), Policy.ofScope("user", Rate.parseAll("1/s, 1000/day")).get(1)))));
	}

	@Test
	void scopeAndRateCanBeOwn() {
		UserRateThrottle burst = new UserRateThrottle("burst");
		UserRateThrottle own = new UserRateThrottle("burst", "2/s, 9/h");
		StubRequest request = new StubRequest().withUser("amy").withRate("burst", "5/s");
		assertThat(this.throttle.scopes()).containsExactly("user");
		assertThat(burst.scopes()).containsExactly("burst");
		assertThat(burst.ownPolicies()).isEmpty();
		assertThat(own.scopes()).isEmpty();
		assertThat(own.ownPolicies()).isEqualTo(Policy.ofScope("burst", Rate.parseAll("2/s, 9/h")));
		assertThat(burst.check(request))
			.isEqualTo(Verdict.ask(new Quota(Client.user("amy"), Policy.of("burst", Rate.parse("5/s")))));
		assertThat(own.check(request)).isInstanceOfSatisfying(Verdict.Ask.class,
				(ask) -> assertThat(ask.quotas()).extracting(Quota::policy)
					.isEqualTo(Policy.ofScope("burst", Rate.parseAll("2/s, 9/h"))));
	}

}
