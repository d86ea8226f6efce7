package dev.throttle.backend;

import java.time.Duration;
import java.util.List;

import dev.throttle.Rate;
import dev.throttle.Scope;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests for {@link Policy}.
 */
class PolicyTests {

	@Test
	void policyIsKnownByItsNameAndCountedByTheKeyOfItsScope() {
		Policy policy = Policy.of("api_Key", Rate.parse("60/min"));
		assertThat(policy.scope()).hasToString("api_Key");
		assertThat(policy.name()).isEqualTo("api_Key");
		assertThat(policy.historyKey()).isEqualTo("apikey");
		assertThat(policy.rate()).isEqualTo(Rate.parse("60/min"));
		assertThat(policy.limitText()).isEqualTo("60");
		assertThat(policy).hasToString("api_Key (60/min)");
	}

	@Test
	void firstRateOfAScopeHasItsNameAndFurtherOnesThatOfTheirPeriodToo() {
		List<Policy> policies = Policy.ofScope(Scope.of("user"),
				Rate.parseAll("10/s, 60/min, 500/15min, 1000/day, 9/7d"));
		assertThat(policies).extracting(Policy::name)
			.containsExactly("user", "user-min", "user-15min", "user-day", "user-7day");
		assertThat(policies).extracting(Policy::scope).containsOnly(Scope.of("user"));
		assertThat(policies).extracting(Policy::historyKey).containsOnly("user");
		assertThat(policies).extracting(Policy::rate)
			.isEqualTo(Rate.parseAll("10/s, 60/min, 500/15min, 1000/day, 9/7d"));
		assertThat(policies).isUnmodifiable();
	}

	@Test
	void periodThatIsNotOfWholeSecondsMakesAName() {
		List<Rate> rates = List.of(Rate.parse("10/s"), new Rate(2, Duration.ofMillis(500)));
		assertThat(Policy.ofScope(Scope.of("user"), rates)).extracting(Policy::name)
			.containsExactly("user", "user-PT0.5S");
	}

	@Test
	void scopeWithoutRatesHasNoPolicies() {
		assertThat(Policy.ofScope(Scope.of("user"), List.of())).isEmpty();
	}

	@Test
	void policiesAreEqualByScopeNameAndRate() {
		Policy policy = Policy.of("user", Rate.parse("60/min"));
		assertThat(policy).isEqualTo(Policy.of("user", Rate.parse("60/60s")))
			.hasSameHashCodeAs(Policy.of("user", Rate.parse("60/60s")))
			.isNotEqualTo(Policy.of("anon", Rate.parse("60/min")))
			.isNotEqualTo(Policy.of("user", Rate.parse("61/min")))
			.isNotEqualTo(null)
			.isNotEqualTo("user");
		assertThat(Policy.ofScope(Scope.of("user"), Rate.parseAll("1/s, 60/min")).get(1))
			.isNotEqualTo(Policy.of("user-min", Rate.parse("60/min")));
	}

	@Test
	void nameThatIsNoScopeAndMissingRateAreErrors() {
		assertThatIllegalArgumentException().isThrownBy(() -> Policy.of("a b", Rate.parse("1/s")));
		assertThatNullPointerException().isThrownBy(() -> Policy.of("a", null));
	}

	@Test
	void shadowHasTheNameAndTheRateButAKeyOfItsOwn() {
		Policy policy = Policy.of("api_key", Rate.parse("5/min"));
		Policy shadow = policy.asShadow();
		assertThat(shadow.scope()).isEqualTo(Scope.of("api_key"));
		assertThat(shadow.name()).isEqualTo("api_key");
		assertThat(shadow.rate()).isEqualTo(policy.rate());
		assertThat(shadow.isShadow()).isTrue();
		assertThat(policy.isShadow()).isFalse();
		assertThat(shadow.historyKey()).isEqualTo("~apikey");
		assertThat(shadow).isNotEqualTo(policy).isEqualTo(Policy.of("api_key", Rate.parse("5/min")).asShadow());
		assertThat(shadow.asShadow()).isSameAs(shadow);
	}

}
