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
	void spellingsOfOneScopeHaveOneCanonicalForm(String scope) {
		assertThat(Scope.canonical(scope)).isEqualTo("apikey2");
	}

	@Test
	void canonicalFormDoesNotDependOnTheLocale() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("tr"));
		try {
			assertThat(Scope.canonical("API")).isEqualTo("api");
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-", "_._", "api key", " api", "api\n", "api/key", "api:key", "${scope}", "\u0430pi",
			"caf\u00e9", "\u0661", "a\u0000" })
	void textOfAnotherFormIsAnError(String scope) {
		assertThatIllegalArgumentException().isThrownBy(() -> Scope.canonical(scope))
			.withMessage("Invalid scope '" + scope + "': write letters and digits, separated by '-', '_' or '.'");
	}

}
