package dev.throttle.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.Client;
import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Rates}.
 */
class RatesTests {

	@Test
	void policiesAreFoundUnderEverySpellingOfTheScope() {
		Rates rates = Rates.of(Map.of("api_key", "60/min, 1000/day"));
		List<Policy> policies = List.of(Policy.of("api_key", Rate.parse("60/min")),
				Policy.ofScope(Scope.of("api_key"), Rate.parseAll("1/s, 1000/day")).get(1));
		for (String spelling : List.of("api_key", "api-key", "apikey", "apiKey", "API_KEY", "api.key")) {
			assertThat(rates.policies(Scope.of(spelling))).as(spelling).isEqualTo(policies);
		}
	}

	@Test
	void scopeWithoutARateHasNoPolicies() {
		assertThat(Rates.of(Map.of("anon", "1/s")).policies(Scope.of("user"))).isEmpty();
		assertThat(Rates.none().policies(Scope.of("user"))).isEmpty();
		assertThat(Rates.none().asMap()).isEmpty();
	}

	@Test
	void unlimitedScopeHasNoPoliciesWhoeverBringsThem() {
		List<Policy> own = Policy.ofScope(Scope.of("api-key"), Rate.parseAll("1/s"));
		Rates rates = Rates.of(Map.of("api_key", "60/min")).with(Scope.of("apiKey"), List.of());
		assertThat(rates.policies(Scope.of("api-key"))).isEmpty();
		assertThat(rates.asCounted(Scope.of("api-key"), own)).isEmpty();
		assertThat(rates.unlimitedScopes()).containsExactly(Scope.of("api_key"));
		assertThat(rates.with(Scope.of("api-key"), Rate.parseAll("2/s")).unlimitedScopes()).isEmpty();
	}

	@Test
	void scopeIsContainedThatHasARateOrNoLimit() {
		Rates rates = Rates.of(Map.of("api_key", "60/min")).with(Scope.of("uploads"), List.of());
		assertThat(rates.contains(Scope.of("apiKey"))).isTrue();
		assertThat(rates.contains(Scope.of("Uploads"))).isTrue();
		assertThat(rates.contains(Scope.of("downloads"))).isFalse();
	}

	@Test
	void policiesAreNotCopiedForEachQuota() {
		Scope user = Scope.of("user");
		Rates rates = Rates.of(Map.of("user", "60/min")).withShadowRates(user, Rate.parseAll("1/s"));
		CountedPolicies counted = Objects.requireNonNull(rates.counted(user, null));
		for (List<Policy> policies : List.of(counted.enforced().get(0), counted.shadows().get(0))) {
			assertThat(new Quota(Client.user("alice"), policies, 1).policies()).isSameAs(policies);
		}
	}

	@Test
	void scopesKeepTheirOrder() {
		Map<String, String> texts = new LinkedHashMap<>();
		texts.put("User", "1/s");
		texts.put("anon", "2/s");
		texts.put("api-key", "3/s");
		assertThat(Rates.of(texts).asMap()).containsOnlyKeys(Scope.of("user"), Scope.of("anon"), Scope.of("apikey"));
		assertThat(Rates.of(texts).asMap().keySet()).extracting(Scope::name).containsExactly("User", "anon", "api-key");
	}

	@Test
	void firstOfTwoSpellingsCounts() {
		Map<String, String> texts = new LinkedHashMap<>();
		texts.put("api_key", "1/s");
		texts.put("api-key", "2/s");
		assertThat(Rates.of(texts).policies(Scope.of("apikey")))
			.containsExactly(Policy.of("api_key", Rate.parse("1/s")));
	}

	@Test
	void changeMakesNewRates() {
		Rates before = Rates.of(Map.of("user", "1/s"));
		Rates after = before.with(Scope.of("user"), Rate.parseAll("5/min"))
			.with(Scope.of("anon"), Rate.parseAll("2/h"));
		assertThat(before.policies(Scope.of("user"))).containsExactly(Policy.of("user", Rate.parse("1/s")));
		assertThat(before.policies(Scope.of("anon"))).isEmpty();
		assertThat(after.policies(Scope.of("user"))).containsExactly(Policy.of("user", Rate.parse("5/min")));
		assertThat(after.policies(Scope.of("anon"))).containsExactly(Policy.of("anon", Rate.parse("2/h")));
	}

	@Test
	void changedScopeKeepsTheSpellingUnderWhichItIsReported() {
		Rates rates = Rates.of(Map.of("api_key", "1/s")).with(Scope.of("API-KEY"), Rate.parseAll("5/s,9/d"));
		assertThat(rates.asMap()).containsOnlyKeys(Scope.of("apikey"));
		assertThat(rates.policies(Scope.of("apikey"))).extracting(Policy::name)
			.containsExactly("api_key", "api_key-day");
	}

	@Test
	void scopeWithoutRatesIsTakenOut() {
		Rates rates = Rates.of(Map.of("user", "1/s", "anon", "1/s"));
		assertThat(rates.with(Scope.of("USER"), List.of()).asMap()).containsOnlyKeys(Scope.of("anon"));
		assertThat(rates.with(Scope.of("uploads"), List.of()).asMap()).containsOnlyKeys(Scope.of("user"),
				Scope.of("anon"));
	}

	@Test
	void textThatIsNoRateAndKeyThatIsNoScopeAreErrors() {
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rates.of(Map.of("user", "10/month")));
		assertThatIllegalArgumentException().isThrownBy(() -> Rates.of(Map.of("us er", "10/min")))
			.withMessageContaining("Invalid scope 'us er'");
		assertThatIllegalArgumentException().isThrownBy(() -> Rates.none().with(Scope.of(""), Rate.parseAll("1/s")));
		assertThatIllegalArgumentException().isThrownBy(() -> Rates.none().policies(Scope.of("us er")));
	}

	@Test
	void ratesCannotBeChangedFromOutside() {
		Map<String, String> texts = new LinkedHashMap<>(Map.of("user", "1/s"));
		Rates rates = Rates.of(texts);
		texts.clear();
		assertThat(rates.policies(Scope.of("user"))).hasSize(1);
		assertThat(rates.asMap()).isUnmodifiable();
		assertThat(rates.policies(Scope.of("user"))).isUnmodifiable();
	}

	@Test
	void ratesAreShownWithTheirNames() {
		assertThat(Rates.none().with(Scope.of("user"), Rate.parseAll("60/min,1000/day")))
			.hasToString("[[user (60/min), user-day (1000/day)]]");
	}

	@Test
	void ratesOfAShadowScopeAreShadows() {
		Rates rates = Rates.of(Map.of("api_key", "60/min, 1000/day", "anon", "1/s"))
			.withShadowScopes(List.of(Scope.of("api-key")));
		assertThat(rates.policies(Scope.of("api_key"))).containsExactly(
				Policy.of("api_key", Rate.parse("60/min")).asShadow(),
				Policy.ofScope(Scope.of("api_key"), Rate.parseAll("1/s, 1000/day")).get(1).asShadow());
		assertThat(rates.policies(Scope.of("anon"))).containsExactly(Policy.of("anon", Rate.parse("1/s")));
		assertThat(rates.shadowScopes()).containsExactly(Scope.of("api-key"));
	}

	@Test
	void replacedRatesOfAShadowScopeAreShadowsToo() {
		Rates rates = Rates.of(Map.of("anon", "1/s")).withShadowScopes(List.of(Scope.of("anon")));
		assertThat(rates.with(Scope.of("anon"), Rate.parseAll("2/s")).policies(Scope.of("anon")))
			.containsExactly(Policy.of("anon", Rate.parse("2/s")).asShadow());
		assertThat(rates.withShadowScopes(List.of()).policies(Scope.of("anon")))
			.containsExactly(Policy.of("anon", Rate.parse("1/s")));
	}

	@Test
	void shadowRatesStandBesideTheOthers() {
		Rates rates = Rates.of(Map.of("uploads", "9/day"))
			.withShadowRates(Scope.of("uploads"), Rate.parseAll("1/min, 5/day"));
		assertThat(rates.policies(Scope.of("uploads"))).containsExactly(Policy.of("uploads", Rate.parse("9/day")),
				Policy.of("uploads", Rate.parse("1/min")).asShadow(),
				Policy.ofScope(Scope.of("uploads"), Rate.parseAll("1/s, 5/day")).get(1).asShadow());
		assertThat(rates.with(Scope.of("uploads"), Rate.parseAll("8/day")).policies(Scope.of("uploads"))).hasSize(3)
			.startsWith(Policy.of("uploads", Rate.parse("8/day")));
		assertThat(rates.withShadowRates(Scope.of("uploads"), List.of()).policies(Scope.of("uploads"))).hasSize(1);
	}

	@Test
	void shadowRateAloneIsNoRate() {
		Rates rates = Rates.none().withShadowRates(Scope.of("uploads"), Rate.parseAll("5/day"));
		assertThat(rates.policies(Scope.of("uploads"))).isEmpty();
		assertThat(rates.asMap()).isEmpty();
		assertThat(rates.shadowRates()).containsOnlyKeys(Scope.of("uploads"));
	}

	@Test
	void policiesThatAThrottleBringsAreTriedWhereItsScopeIs() {
		List<Policy> own = Policy.ofScope(Scope.of("burst"), Rate.parseAll("5/s"));
		assertThat(Rates.none().asCounted(Scope.of("burst"), own)).isSameAs(own);
		assertThat(Rates.none().withShadowScopes(List.of(Scope.of("BURST"))).asCounted(Scope.of("burst"), own))
			.containsExactly(own.get(0).asShadow());
		assertThat(Rates.none().withShadowScopes(List.of(Scope.of("other"))).asCounted(Scope.of("burst"), own))
			.isEqualTo(own);
		assertThat(
				Rates.none().withShadowRates(Scope.of("burst"), Rate.parseAll("3/s")).asCounted(Scope.of("burst"), own))
			.containsExactly(own.get(0), Policy.of("burst", Rate.parse("3/s")).asShadow());
	}

	@Test
	void noOtherRateIsTriedBesideOneThatIsOnlyTried() {
		Rates rates = Rates.of(Map.of("anon", "1/s"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> rates.withShadowScopes(List.of(Scope.of("anon")))
				.withShadowRates(Scope.of("ANON"), Rate.parseAll("2/s")))
			.withMessageContaining("'anon'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> rates.withShadowRates(Scope.of("anon"), Rate.parseAll("2/s"))
				.withShadowScopes(List.of(Scope.of("anon"))));
	}

}
