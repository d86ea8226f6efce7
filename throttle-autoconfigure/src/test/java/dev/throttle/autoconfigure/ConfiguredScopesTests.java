package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.web.CountedStatuses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConfiguredScopes}.
 */
class ConfiguredScopesTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@ParameterizedTest
	@ValueSource(strings = { "api_key", "api-key", "apiKey", "API.KEY", "apikey" })
	void everySpellingInFileIsTheSameScope(String spelling) {
		file(Map.of("throttle.rates." + spelling, "5/min"));
		assertThat(scopes().hasRate("api-key")).isTrue();
		assertThat(rate("api_key")).isEqualTo("5/min");
	}

	@ParameterizedTest
	@ValueSource(strings = { "THROTTLE_RATES_API_KEY", "THROTTLE_RATES_APIKEY", "throttle_rates_api_key" })
	void everySpellingOfEnvironmentVariableIsTheSameScope(String variable) {
		variables(Map.of(variable, "5/min"));
		assertThat(scopes().hasRate("api-key")).isTrue();
		assertThat(rate("api_key")).isEqualTo("5/min");
	}

	@ParameterizedTest
	@ValueSource(strings = { "api_key", "api-key", "apiKey", "apikey" })
	void environmentVariableOverridesEverySpellingInFile(String spelling) {
		file(Map.of("throttle.rates." + spelling, "1/s"));
		variables(Map.of("THROTTLE_RATES_API_KEY", "5/min"));
		assertThat(rate("api_key")).isEqualTo("5/min");
	}

	@Test
	void sourceWithHigherPrecedenceOverridesOtherSpelling() {
		file(Map.of("throttle.rates.api-key", "1/s", "throttle.rates.anon", "9/d"));
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("arguments", Map.of("throttle.rates.api_key", "5/min")));
		assertThat(rate("apikey")).isEqualTo("5/min");
		assertThat(rate("anon")).isEqualTo("9/day");
	}

	@Test
	void twoSpellingsInOneSourceAreRefused() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("throttle.rates.api-key", "1/s");
		properties.put("throttle.rates.apiKey", "1/s");
		file(properties);
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class).isThrownBy(() -> scopes().rates())
			.satisfies((ex) -> assertThat(ex.getDescription()).isEqualTo(
					"The properties 'throttle.rates.api-key' and 'throttle.rates.apiKey' are two spellings of one scope."));
	}

	@Test
	void twoSpellingsOfEnvironmentVariableAreRefused() {
		variables(Map.of("THROTTLE_RATES_API_KEY", "1/s", "THROTTLE_RATES_APIKEY", "2/s"));
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class).isThrownBy(() -> scopes().rates())
			.withMessageContaining("are two spellings of one scope");
	}

	@Test
	void scopeMayEndInNumber() {
		file(Map.of("throttle.rates.v1.0", "1/s", "throttle.rates.2", "2/s"));
		assertThat(rate("v10")).isEqualTo("1/s");
		assertThat(rate("2")).isEqualTo("2/s");
	}

	@Test
	void scopeKeepsItsSpelling() {
		file(Map.of("throttle.rates.api_Key", "1/s, 5/min"));
		assertThat(scopes().rates().policies(Scope.of("apikey"))).extracting(Policy::name)
			.containsExactly("api_Key", "api_Key-min");
	}

	@Test
	void placeholdersAreResolved() {
		file(Map.of("throttle.rates.anon", "${limit}/${period:hour}", "limit", "7"));
		assertThat(rate("anon")).isEqualTo("7/hour");
	}

	@Test
	void scopeWithoutRateIsNotContained() {
		file(Map.of("throttle.rates.anon", "1/s", "throttle.rates.[not a scope]", "1/s"));
		assertThat(scopes().hasRate("user")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "api_key", "api-key", "apiKey", "[API.KEY]", "apikey" })
	void everySpellingUnderScopesIsTheSameScope(String spelling) {
		String prefix = spelling.startsWith("[") ? "throttle.scopes" : "throttle.scopes.";
		file(Map.of(prefix + spelling + ".rate", "5/min", prefix + spelling + ".on-failure", "deny"));
		assertThat(scopes().hasRate("api-key")).isTrue();
		assertThat(rate("api_key")).isEqualTo("5/min");
		assertThat(scopes().onFailure(Scope.of("api-key"))).isEqualTo(OnFailure.DENY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "api_key", "api-key", "apiKey", "apikey" })
	void environmentVariablesOverrideEverySpellingUnderScopes(String spelling) {
		file(Map.of("throttle.scopes." + spelling + ".rate", "1/s", "throttle.scopes." + spelling + ".headers", "true",
				"throttle.scopes." + spelling + ".on-failure", "allow"));
		variables(Map.of("THROTTLE_SCOPES_APIKEY_RATE", "5/min", "THROTTLE_SCOPES_APIKEY_HEADERS", "false",
				"THROTTLE_SCOPES_APIKEY_ONFAILURE", "deny", "THROTTLE_SCOPES_APIKEY_SHADOWRATE", "2/min"));
		assertThat(rate("api_key")).isEqualTo("5/min");
		assertThat(scopes().withoutHeaders()).containsExactly("apikey");
		assertThat(scopes().onFailure(Scope.of("api_key"))).isEqualTo(OnFailure.DENY);
		assertThat(scopes().rates().shadowRates()).containsOnlyKeys(Scope.of("apikey"));
	}

	@Test
	void environmentVariablesMaySeparateTheWordsOfAProperty() {
		variables(Map.of("THROTTLE_SCOPES_ANON_ON_FAILURE", "deny", "THROTTLE_SCOPES_ANON_SHADOW_RATE", "5/min"));
		assertThat(scopes().onFailure(Scope.of("anon"))).isEqualTo(OnFailure.DENY);
		assertThat(scopes().rates().shadowRates()).containsOnlyKeys(Scope.of("anon"));
	}

	@Test
	void scopeWithDotInBracketsIsMergedWithItsOtherSpellings() {
		file(Map.of("throttle.scopes[api.key].rate", "1/s", "throttle.scopes[api.key].on-failure", "deny"));
		variables(Map.of("THROTTLE_SCOPES_APIKEY_RATE", "5/min"));
		assertThat(rate("api-key")).isEqualTo("5/min");
		assertThat(scopes().onFailure(Scope.of("api-key"))).isEqualTo(OnFailure.DENY);
	}

	@Test
	void scopeOfItsOwnDecidesOnFailureAndOthersDoAsAllDo() {
		file(Map.of("throttle.on-failure", "allow", "throttle.scopes.Log-in.on-failure", "deny",
				"throttle.scopes.user.headers", "true"));
		assertThat(scopes().onFailure(Scope.of("login"))).isEqualTo(OnFailure.DENY);
		assertThat(scopes().onFailure(Scope.of("login-day"))).isEqualTo(OnFailure.ALLOW);
		assertThat(scopes().onFailure(Scope.of("user"))).isEqualTo(OnFailure.ALLOW);
		assertThat(scopes().withoutHeaders()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "throttle.rates.api-key, throttle.scopes.api_key.rate",
			"throttle.scopes.api-key.rate, throttle.rates.apiKey" })
	void sourceWithHigherPrecedenceOverridesOtherPropertyOfRate(String higher, String lower) {
		file(Map.of(lower, "1/s"));
		this.environment.getPropertySources().addFirst(new MapPropertySource("arguments", Map.of(higher, "5/min")));
		assertThat(rate("apikey")).isEqualTo("5/min");
		assertThat(scopes().properties().values()).containsExactly(List.of(higher));
	}

	@Test
	void sourceWithHigherPrecedenceTakesRateOfOtherPropertyAway() {
		file(Map.of("throttle.scopes.uploads.rate", "1/s"));
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("arguments", Map.of("throttle.rates.uploads", "")));
		assertThat(scopes().rates().unlimitedScopes()).containsExactly(Scope.of("uploads"));
	}

	@Test
	void bothPropertiesOfRateInOneSourceAreRefused() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("throttle.rates.api-key", "1/s");
		properties.put("throttle.scopes.apiKey.rate", "1/s");
		file(properties);
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class).isThrownBy(() -> scopes().rates())
			.satisfies((ex) -> {
				assertThat(ex.getDescription()).isEqualTo(
						"The properties 'throttle.rates.api-key' and 'throttle.scopes.apiKey.rate' both set the rate of the scope 'apiKey'.");
				assertThat(ex.getAction()).isEqualTo("Remove one of them.");
			});
	}

	@Test
	void twoSpellingsUnderScopesInOneSourceAreRefused() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("throttle.scopes.api-key.rate", "1/s");
		properties.put("throttle.scopes.api_key.headers", "false");
		file(properties);
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class).isThrownBy(() -> scopes().rates())
			.satisfies((ex) -> assertThat(ex.getDescription()).isEqualTo(
					"The properties 'throttle.scopes.api-key.*' and 'throttle.scopes.api_key.*' are two spellings of one scope."));
	}

	@Test
	void scopeThatIsOnlyMeasuredHasShadowsForItsRates() {
		file(Map.of("throttle.rates.user", "1/s, 5/min", "throttle.scopes.user.shadow", "true"));
		assertThat(scopes().rates().policies(Scope.of("user"))).hasSize(2).allMatch(Policy::isShadow);
	}

	@Test
	void propertiesOfScopesAreNamedWithTheRateFirst() {
		file(Map.of("throttle.scopes.[a.b].headers", "false", "throttle.scopes.[a.b].shadow-rate", "1/s",
				"throttle.rates.a_b", "2/s"));
		assertThat(scopes().properties()).containsExactly(Map.entry(Scope.of("a_b"),
				List.of("throttle.rates.a_b", "throttle.scopes[a.b].shadow-rate", "throttle.scopes[a.b].headers")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "api_key", "api-key", "apiKey", "apikey" })
	void environmentVariableSaysWhichAnswersCountUnderEverySpellingInFile(String spelling) {
		file(Map.of("throttle.scopes." + spelling + ".count-status", "2xx"));
		variables(Map.of("THROTTLE_SCOPES_APIKEY_COUNTSTATUS", "401,4xx"));
		CountedStatuses counted = scopes().costs().countedStatuses().get(Scope.of("api.key"));
		assertThat(List.of(200, 401, 404, 500)).filteredOn(counted::contains).containsExactly(401, 404);
	}

	@Test
	void answersThatCountMayBeAList() {
		file(Map.of("throttle.scopes.login.count-status[0]", 401, "throttle.scopes.login.count-status[1]", "5xx"));
		CountedStatuses counted = scopes().costs().countedStatuses().get(Scope.of("login"));
		assertThat(List.of(200, 401, 403, 500)).filteredOn(counted::contains).containsExactly(401, 500);
	}

	@Test
	void scopeCountsAllAnswersByDefault() {
		file(Map.of("throttle.rates.login", "5/min", "throttle.scopes.login.headers", "false"));
		assertThat(scopes().costs().countedStatuses()).isEmpty();
	}

	private ConfiguredScopes scopes() {
		ThrottleProperties properties = Binder.get(this.environment)
			.bindOrCreate("throttle", Bindable.of(ThrottleProperties.class));
		return new ConfiguredScopes(properties, this.environment);
	}

	private String rate(String scope) {
		return scopes().rates().policies(Scope.of(scope)).get(0).rate().toString();
	}

	private void file(Map<String, Object> properties) {
		this.environment.getPropertySources().addLast(new MapPropertySource("application.yml", properties));
		ConfigurationPropertySources.attach(this.environment);
	}

	private void variables(Map<String, Object> variables) {
		this.environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
		ConfigurationPropertySources.attach(this.environment);
	}

}
