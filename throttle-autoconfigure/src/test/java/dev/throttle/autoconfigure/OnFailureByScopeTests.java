package dev.throttle.autoconfigure;

import java.util.Map;

import dev.throttle.Policy;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.backend.redis.OnFailure;
import dev.throttle.engine.RateRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OnFailureByScope}.
 */
class OnFailureByScopeTests {

	private final RateRegistry rates = new RateRegistry(
			Rates.of(Map.of("login", "5/min, 20/day, 40/15day", "login-hour", "9/hour", "api-key", "1/s")));

	private final OnFailureByScope onFailure = new OnFailureByScope(OnFailure.LOCAL,
			Map.of("Login", OnFailure.DENY, "api_key", OnFailure.ALLOW));

	@Test
	void allRatesOfScopeAreAnsweredAsItSays() {
		assertThat(this.rates.rates().policies("login")).hasSize(3)
			.allSatisfy((policy) -> assertThat(this.onFailure.apply(policy)).isEqualTo(OnFailure.DENY));
	}

	@Test
	void scopesCompareCanonically() {
		assertThat(this.onFailure.apply(Policy.of("apiKey", Rate.parse("1/s")))).isEqualTo(OnFailure.ALLOW);
	}

	@Test
	void otherScopesAreAnsweredAsAllOthers() {
		assertThat(this.onFailure.apply(Policy.of("user", Rate.parse("1/s")))).isEqualTo(OnFailure.LOCAL);
	}

	@Test
	void scopeThatReadsLikeTheSecondRateOfAnotherIsItself() {
		Policy policy = this.rates.rates().policies("login-hour").get(0);
		assertThat(this.onFailure.apply(policy)).isEqualTo(OnFailure.LOCAL);
	}

	@Test
	void scopeThatEndsInAPeriodIsItselfWhereItsRateStandsInTheCode() {
		Policy policy = Policy.ofScope("login-day", Rate.parseAll("5/day")).get(0);
		assertThat(this.onFailure.apply(policy)).isEqualTo(OnFailure.LOCAL);
	}

	@Test
	void ratesThatAreAddedWhileRunningAreAnsweredAsTheirScope() {
		Policy added = Policy.ofScope("login", Rate.parseAll("1/s, 2/30min")).get(1);
		assertThat(this.onFailure.apply(added)).isEqualTo(OnFailure.DENY);
	}

}
