package dev.throttle;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScopedRateThrottle}.
 */
class ScopedRateThrottleTests {

	private static final Policy UPLOADS = Policy.of("uploads", Rate.parse("20/day"));

	private static final Policy EXPORTS = Policy.of("exports", Rate.parse("5/hour"));

	private final ScopedRateThrottle throttle = new ScopedRateThrottle();

	@Test
	void requestIsCountedUnderTheScopesOfItsHandler() {
		StubRequest request = new StubRequest().withUser("amy").withHandlerPolicies(UPLOADS, EXPORTS);
		assertThat(this.throttle.check(request)).isEqualTo(
				Verdict.ask(List.of(new Quota(Client.user("amy"), UPLOADS), new Quota(Client.user("amy"), EXPORTS))));
	}

	@Test
	void anonymousRequestIsCountedByAddress() {
		StubRequest request = new StubRequest().withHandlerPolicies(UPLOADS);
		assertThat(this.throttle.check(request))
			.isEqualTo(Verdict.ask(new Quota(Client.address("192.0.2.1"), UPLOADS)));
	}

	@Test
	void handlerWithoutAScopeHasNoLimit() {
		StubRequest request = new StubRequest().withUser("amy").withRate("scoped", "1/s").withRate("user", "1/s");
		assertThat(this.throttle.check(request)).isEqualTo(Verdict.allow());
	}

	@Test
	void noScopeIsItsOwn() {
		assertThat(this.throttle.scopes()).isEmpty();
		assertThat(this.throttle.ownPolicies()).isEmpty();
	}

}
