package dev.throttle;

import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Scope}.
 */
class ScopeTests {

	@ParameterizedTest
	@ValueSource(strings = { "apikey2", "api_key2", "api-key2", "api.key.2", "apiKey2", "APIKEY2", "API_KEY_2",
			"-api--key2_" })
	void spellingsOfOneNameAreOneScope(String name) {
		Scope scope = Scope.of(name);
		assertThat(scope.key()).isEqualTo("apikey2");
		assertThat(scope).isEqualTo(Scope.of("apiKey_2")).hasSameHashCodeAs(Scope.of("apiKey_2"));
		assertThat(scope).isNotEqualTo(Scope.of("apikey")).isNotEqualTo(name).isNotEqualTo(null);
	}

	@Test
	void scopeIsReportedAsItWasWritten() {
		assertThat(Scope.of("API_Key").name()).isEqualTo("API_Key");
		assertThat(Scope.of("API_Key")).hasToString("API_Key");
	}

	@Test
	void keyDoesNotDependOnTheLocale() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("tr"));
		try {
			assertThat(Scope.of("API").key()).isEqualTo("api");
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-", "_._", "api key", " api", "api\n", "api/key", "api:key", "${scope}", "\u0430pi",
			"caf\u00e9", "\u0661", "a\u0000" })
	void textOfAnotherFormIsAnError(String scope) {
		assertThatIllegalArgumentException().isThrownBy(() -> Scope.of(scope))
			.withMessage("Invalid scope '" + scope + "': write letters and digits, separated by '-', '_' or '.'");
	}

}
