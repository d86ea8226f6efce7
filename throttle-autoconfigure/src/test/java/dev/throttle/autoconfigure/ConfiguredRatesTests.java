package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Policy;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConfiguredRates}.
 */
class ConfiguredRatesTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@ParameterizedTest
	@ValueSource(strings = { "api_key", "api-key", "apiKey", "API.KEY", "apikey" })
	void everySpellingInFileIsTheSameScope(String spelling) {
		file(Map.of("throttle.rates." + spelling, "5/min"));
		assertThat(ConfiguredRates.contain(this.environment, "api-key")).isTrue();
		assertThat(rate("api_key")).isEqualTo("5/min");
	}

	@ParameterizedTest
	@ValueSource(strings = { "THROTTLE_RATES_API_KEY", "THROTTLE_RATES_APIKEY", "throttle_rates_api_key" })
	void everySpellingOfEnvironmentVariableIsTheSameScope(String variable) {
		variables(Map.of(variable, "5/min"));
		assertThat(ConfiguredRates.contain(this.environment, "api-key")).isTrue();
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
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> ConfiguredRates.read(this.environment, List.of()))
			.satisfies((ex) -> assertThat(ex.getDescription()).isEqualTo(
					"The properties 'throttle.rates.api-key' and 'throttle.rates.apiKey' are two spellings of one scope."));
	}

	@Test
	void twoSpellingsOfEnvironmentVariableAreRefused() {
		variables(Map.of("THROTTLE_RATES_API_KEY", "1/s", "THROTTLE_RATES_APIKEY", "2/s"));
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> ConfiguredRates.read(this.environment, List.of()))
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
		assertThat(ConfiguredRates.read(this.environment, List.of()).policies("apikey")).extracting(Policy::name)
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
		assertThat(ConfiguredRates.contain(this.environment, "user")).isFalse();
	}

	private String rate(String scope) {
		return ConfiguredRates.read(this.environment, List.of()).policies(scope).get(0).rate().toString();
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
