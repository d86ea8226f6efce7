package dev.throttle.backend;

import dev.throttle.Client;
import dev.throttle.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests for {@link Quota}.
 */
class QuotaTests {

	private static final Policy POLICY = Policy.of("api_key", Rate.parse("10/s"));

	@Test
	void quotaCostsOneWhereNoCostIsGiven() {
		assertThat(new Quota(Client.user("amy"), POLICY)).isEqualTo(new Quota(Client.user("amy"), POLICY, 1));
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MIN_VALUE })
	void costIsPositive(long cost) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Quota(Client.user("amy"), POLICY, cost))
			.withMessage("'cost' must be positive but is " + cost);
	}

	@Test
	void clientAndScopeNameTheHistory() {
		Quota quota = new Quota(Client.user("amy"), POLICY, 2);
		assertThat(quota.sharesHistoryWith(new Quota(Client.user("amy"), Policy.of("API-KEY", Rate.parse("5/min")))))
			.isTrue();
		assertThat(quota.sharesHistoryWith(new Quota(Client.address("amy"), POLICY, 2))).isFalse();
		assertThat(quota.sharesHistoryWith(new Quota(Client.user("amy"), Policy.of("api", POLICY.rate()), 2)))
			.isFalse();
	}

	@Test
	void missingClientAndPolicyAreErrors() {
		assertThatNullPointerException().isThrownBy(() -> new Quota(null, POLICY, 1));
		assertThatNullPointerException().isThrownBy(() -> new Quota(Client.user("amy"), (Policy) null, 1));
	}

}
