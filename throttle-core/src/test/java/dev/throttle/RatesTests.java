package dev.throttle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
				Policy.ofScope("api_key", Rate.parseAll("1/s, 1000/day")).get(1));
		for (String spelling : List.of("api_key", "api-key", "apikey", "apiKey", "API_KEY", "api.key")) {
			assertThat(rates.policies(spelling)).as(spelling).isEqualTo(policies);
		}
	}

	@Test
	void scopeWithoutARateHasNoPolicies() {
		assertThat(Rates.of(Map.of("anon", "1/s")).policies("user")).isEmpty();
		assertThat(Rates.none().policies("user")).isEmpty();
		assertThat(Rates.none().asMap()).isEmpty();
	}

	@Test
	void unlimitedScopeHasNoPoliciesWhoeverBringsThem() {
		List<Policy> own = Policy.ofScope("api-key", Rate.parseAll("1/s"));
		Rates rates = Rates.of(Map.of("api_key", "60/min")).withUnlimited("apiKey");
		assertThat(rates.policies("api-key")).isEmpty();
		assertThat(rates.policies("api-key", own)).isEmpty();
		assertThat(rates.unlimitedScopes()).containsExactly("api_key");
		assertThat(rates.with("api-key", Rate.parseAll("2/s")).unlimitedScopes()).isEmpty();
	}

	@Test
	void scopeIsContainedThatHasARateOrNoLimit() {
		Rates rates = Rates.of(Map.of("api_key", "60/min")).withUnlimited("uploads");
		assertThat(rates.contains("apiKey")).isTrue();
		assertThat(rates.contains("Uploads")).isTrue();
		assertThat(rates.contains("downloads")).isFalse();
	}

	@Test
	void scopesKeepTheirOrder() {
		Map<String, String> texts = new LinkedHashMap<>();
		texts.put("User", "1/s");
		texts.put("anon", "2/s");
		texts.put("api-key", "3/s");
		assertThat(Rates.of(texts).asMap()).containsOnlyKeys("user", "anon", "apikey");
		assertThat(Rates.of(texts).asMap().keySet()).containsExactly("user", "anon", "apikey");
	}

	@Test
	void firstOfTwoSpellingsCounts() {
		Map<String, String> texts = new LinkedHashMap<>();
		texts.put("api_key", "1/s");
		texts.put("api-key", "2/s");
		assertThat(Rates.of(texts).policies("apikey")).containsExactly(Policy.of("api_key", Rate.parse("1/s")));
	}

	@Test
	void changeMakesNewRates() {
		Rates before = Rates.of(Map.of("user", "1/s"));
		Rates after = before.with("user", Rate.parseAll("5/min")).with("anon", Rate.parseAll("2/h"));
		assertThat(before.policies("user")).containsExactly(Policy.of("user", Rate.parse("1/s")));
		assertThat(before.policies("anon")).isEmpty();
		assertThat(after.policies("user")).containsExactly(Policy.of("user", Rate.parse("5/min")));
		assertThat(after.policies("anon")).containsExactly(Policy.of("anon", Rate.parse("2/h")));
	}

	@Test
	void changedScopeKeepsTheSpellingUnderWhichItIsReported() {
		Rates rates = Rates.of(Map.of("api_key", "1/s")).with("API-KEY", Rate.parseAll("5/s,9/d"));
		assertThat(rates.asMap()).containsOnlyKeys("apikey");
		assertThat(rates.policies("apikey")).extracting(Policy::name).containsExactly("api_key", "api_key-day");
	}

	@Test
	void scopeWithoutRatesIsTakenOut() {
		Rates rates = Rates.of(Map.of("user", "1/s", "anon", "1/s"));
		assertThat(rates.with("USER", List.of()).asMap()).containsOnlyKeys("anon");
		assertThat(rates.with("uploads", List.of()).asMap()).containsOnlyKeys("user", "anon");
	}

	@Test
	void textThatIsNoRateAndKeyThatIsNoScopeAreErrors() {
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rates.of(Map.of("user", "10/month")));
		assertThatIllegalArgumentException().isThrownBy(() -> Rates.of(Map.of("us er", "10/min")))
			.withMessageContaining("Invalid scope 'us er'");
		assertThatIllegalArgumentException().isThrownBy(() -> Rates.none().with("", Rate.parseAll("1/s")));
		assertThatIllegalArgumentException().isThrownBy(() -> Rates.none().policies("us er"));
	}

	@Test
	void ratesCannotBeChangedFromOutside() {
		Map<String, String> texts = new LinkedHashMap<>(Map.of("user", "1/s"));
		Rates rates = Rates.of(texts);
		texts.clear();
		assertThat(rates.policies("user")).hasSize(1);
		assertThat(rates.asMap()).isUnmodifiable();
		assertThat(rates.policies("user")).isUnmodifiable();
	}

	@Test
	void ratesAreShownWithTheirNames() {
		assertThat(Rates.none().with("user", Rate.parseAll("60/min,1000/day")))
			.hasToString("[[user (60/min), user-day (1000/day)]]");
	}

	@Test
	void ratesOfAShadowScopeAreShadows() {
		Rates rates = Rates.of(Map.of("api_key", "60/min, 1000/day", "anon", "1/s"))
			.withShadowScopes(List.of("api-key"));
		assertThat(rates.policies("api_key")).containsExactly(Policy.of("api_key", Rate.parse("60/min")).asShadow(),
				Policy.ofScope("api_key", Rate.parseAll("1/s, 1000/day")).get(1).asShadow());
		assertThat(rates.policies("anon")).containsExactly(Policy.of("anon", Rate.parse("1/s")));
		assertThat(rates.shadowScopes()).containsExactly("api-key");
	}

	@Test
	void replacedRatesOfAShadowScopeAreShadowsToo() {
		Rates rates = Rates.of(Map.of("anon", "1/s")).withShadowScopes(List.of("anon"));
		assertThat(rates.with("anon", Rate.parseAll("2/s")).policies("anon"))
			.containsExactly(Policy.of("anon", Rate.parse("2/s")).asShadow());
		assertThat(rates.withShadowScopes(List.of()).policies("anon"))
			.containsExactly(Policy.of("anon", Rate.parse("1/s")));
	}

	@Test
	void shadowRatesStandBesideTheOthers() {
		Rates rates = Rates.of(Map.of("uploads", "9/day")).withShadowRates("uploads", Rate.parseAll("1/min, 5/day"));
		assertThat(rates.policies("uploads")).containsExactly(Policy.of("uploads", Rate.parse("9/day")),
				Policy.of("uploads", Rate.parse("1/min")).asShadow(),
				Policy.ofScope("uploads", Rate.parseAll("1/s, 5/day")).get(1).asShadow());
		assertThat(rates.with("uploads", Rate.parseAll("8/day")).policies("uploads")).hasSize(3)
			.startsWith(Policy.of("uploads", Rate.parse("8/day")));
		assertThat(rates.withShadowRates("uploads", List.of()).policies("uploads")).hasSize(1);
	}

	@Test
	void shadowRateAloneIsNoRate() {
		Rates rates = Rates.none().withShadowRates("uploads", Rate.parseAll("5/day"));
		assertThat(rates.policies("uploads")).isEmpty();
		assertThat(rates.asMap()).isEmpty();
		assertThat(rates.shadowRates()).containsOnlyKeys("uploads");
	}

	@Test
	void policiesThatAThrottleBringsAreTriedWhereItsScopeIs() {
		List<Policy> own = Policy.ofScope("burst", Rate.parseAll("5/s"));
		assertThat(Rates.none().policies("burst", own)).isSameAs(own);
		assertThat(Rates.none().withShadowScopes(List.of("BURST")).policies("burst", own))
			.containsExactly(own.get(0).asShadow());
		assertThat(Rates.none().withShadowScopes(List.of("other")).policies("burst", own)).isEqualTo(own);
		assertThat(Rates.none().withShadowRates("burst", Rate.parseAll("3/s")).policies("burst", own))
			.containsExactly(own.get(0), Policy.of("burst", Rate.parse("3/s")).asShadow());
	}

	@Test
	void noOtherRateIsTriedBesideOneThatIsOnlyTried() {
		Rates rates = Rates.of(Map.of("anon", "1/s"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> rates.withShadowScopes(List.of("anon")).withShadowRates("ANON", Rate.parseAll("2/s")))
			.withMessageContaining("'anon'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> rates.withShadowRates("anon", Rate.parseAll("2/s")).withShadowScopes(List.of("anon")));
	}

}
