package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static dev.throttle.autoconfigure.StartupFailures.failure;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScopeProperties} of an application that starts, or says why not.
 */
class ScopePropertiesTests {

	private final WebApplicationContextRunner runner = WebApplications.small();

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					throttle.shadow-rates.up-loads | 5/day | 'throttle.scopes.up-loads.shadow-rate'
					throttle.shadow-rates.v1.0 | 5/day | 'throttle.scopes[v1.0].shadow-rate'
					throttle.shadow | uploads | 'throttle.scopes.uploads.shadow=true'
					throttle.shadow | a, b | 'throttle.scopes.a.shadow=true' and 'throttle.scopes.b.shadow=true'
					throttle.shadow[0] | uploads | 'throttle.scopes.uploads.shadow=true'
					throttle.shadow.uploads | true | 'throttle.scopes.uploads.shadow=true'
					throttle.shadow.uploads | 1/min | 'throttle.scopes.uploads.shadow-rate'
					throttle.shadow-rates | uploads | 'throttle.scopes.uploads.shadow=true'
					throttle.shadow-rates[0] | uploads | 'throttle.scopes.uploads.shadow=true'
					throttle.shadow-rate | 3/min | 'throttle.scopes.<scope>.shadow-rate'
					throttle.shadow-rate.uploads | 3/min | 'throttle.scopes.uploads.shadow-rate'
					throttle.headers.uploads | false | 'throttle.scopes.uploads.headers'
					throttle.on-failure.uploads | deny | 'throttle.scopes.uploads.on-failure'
					throttle.redis.on-failure.uploads | deny | 'throttle.scopes.uploads.on-failure'
					throttle.redis.on-failure | deny | 'throttle.on-failure'
					throttle.redis.on-failure-by-scope.uploads | deny | 'throttle.scopes.uploads.on-failure'
					throttle.scopes.v1.0.rate | 5/day | 'throttle.scopes[v1.0].rate'
					throttle.scopes.v1.0.on-failure | deny | 'throttle.scopes[v1.0].on-failure'
					throttle.scopes.anon.rate[0] | 5/day | the rates as one comma-separated value, such as 'throttle.scopes.anon.rate=60/min, 1000/day',
					""",
			quoteCharacter = '"')
	void propertyThatIsWrittenOtherwise(String written, String value, String instead) {
		FailureAnalysis failure = failure(this.runner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("application.yml", Map.of(written, value)))));
		assertThat(failure.getDescription()).isEqualTo("Unknown property '" + written + "'; write " + instead
				+ " instead. It is set in \"" + written + "\" from property source \"application.yml\".");
		assertThat(failure.getAction()).isEqualTo("Write " + instead + " instead, or remove it.");
	}

	@ParameterizedTest
	@CsvSource({ "THROTTLE_SCOPES_API_KEY_RATE, THROTTLE_SCOPES_APIKEY_RATE",
			"THROTTLE_SCOPES_API_KEY_ON_FAILURE, THROTTLE_SCOPES_APIKEY_ONFAILURE",
			"THROTTLE_SHADOWRATES_UPLOADS, throttle.scopes.uploads.shadow-rate",
			"THROTTLE_SHADOW_RATES_UPLOADS, throttle.scopes.uploads.shadow-rate",
			"THROTTLE_ON_FAILURE_UPLOADS, throttle.scopes.uploads.on-failure",
			"THROTTLE_REDIS_ON_FAILURE, throttle.on-failure", "THROTTLE_SHADOW, throttle.scopes.deny.shadow=true" })
	void environmentVariableThatIsWrittenOtherwise(String variable, String instead) {
		FailureAnalysis failure = failure(variables(Map.of(variable, "deny")));
		assertThat(failure.getDescription()).contains("; write '" + instead + "' instead. It is set in ")
			.contains("\"" + variable + "\"");
	}

	@ParameterizedTest
	@CsvSource({ "throttle.rates, throttle.rates.<scope>", "throttle.scopes, throttle.scopes.<scope>.rate" })
	void oneValueForAllScopes(String property, String instead) {
		WebApplicationContextRunner alone = this.runner.withPropertyValues(property + "=3/min");
		assertThat(failure(alone).getDescription()).startsWith("The property '" + property
				+ "' cannot have a value: the names of scopes belong below it. It is set in ");
		WebApplicationContextRunner besides = alone.withPropertyValues(instead.replace("<scope>", "anon") + "=3/min");
		assertThat(failure(besides).getDescription())
			.startsWith("Unknown property '" + property + "'; write '" + instead + "' instead. It is set in ");
		for (WebApplicationContextRunner each : List.of(alone, besides)) {
			assertThat(failure(each).getAction()).isEqualTo("Write '" + instead + "' instead, or remove it.");
		}
	}

	@Test
	void emptyRatesOfOneSourceLeaveThoseOfAnother() {
		this.runner.withPropertyValues("throttle.rates=", "throttle.rates.anon=3/min")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void environmentVariablesOfAllScopesAreRead() {
		variables(Map.of("THROTTLE_ON_FAILURE", "deny", "THROTTLE_HEADERS", "none", "THROTTLE_RATES_ANON", "5/min"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void environmentVariablesOfScopesAreRead() {
		variables(Map.of("THROTTLE_SCOPES_ANON_RATE", "5/min", "THROTTLE_SCOPES_ANON_ON_FAILURE", "deny",
				"THROTTLE_SCOPES_ANON_SHADOW_RATE", "2/min", "THROTTLE_SCOPES_ANON_HEADERS", "false",
				"THROTTLE_SCOPES_ANON_COUNT_STATUS", "401"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(RateRegistry.class).rates().policies(Scope.of("anon"))).hasSize(2);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttle.scopes.anon.headers", "throttle.scopes.anon.on-failure",
			"throttle.scopes.anon.shadow" })
	void propertyOfScopeWithoutAValue(String property) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.rates.anon=5/min", property + "="));
		assertThat(failure.getDescription()).startsWith("The property '" + property + "' has no value. It is set in ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "100/hour", "" })
	void scopeWithAValueInPlaceOfItsProperties(String value) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.scopes.anon=" + value));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.scopes.anon' has a value, but only the properties below it can have one.");
		assertThat(failure.getAction()).isEqualTo(
				"Write 'throttle.scopes.anon.rate' or 'throttle.rates.anon' to set the rate, or remove the property.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "shadow=true", "shadow-rate=1/s", "on-failure=deny", "headers=false", "count-status=401" })
	void propertyOfScopeWithoutRate(String property) {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.anon=1/s", "throttle.scopes.annon." + property));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.scopes.annon." + property.substring(0, property.indexOf('='))
					+ "' is set, but the scope 'annon' has no rate (did you mean 'anon'?).");
	}

	@Test
	void rateUnderScopesThatNothingUses() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.scopes.annon.rate=100/hour"));
		assertThat(failure.getDescription()).isEqualTo(
				"The rate 'throttle.scopes.annon.rate' is not used by any throttle or handler (did you mean 'anon'?).");
	}

	@Test
	void rateUnderScopesThatIsNone() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.scopes.anon.rate=100/fortnight"));
		assertThat(failure.getDescription()).startsWith(
				"The property 'throttle.scopes.anon.rate' is '100/fortnight', which is not a rate. At column 5: ");
	}

	@Test
	void bothPropertiesOfOneRate() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.anon=1/s", "throttle.scopes.anon.rate=1/s"));
		assertThat(failure.getDescription()).isEqualTo(
				"The properties 'throttle.rates.anon' and 'throttle.scopes.anon.rate' both set the rate of the scope 'anon'.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "401, 4x", "4x", "401,,403", "401-403", "600", "success", "${missing}" })
	void statusThatIsNoneStopsTheStart(String statuses) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.rates.anon=1/s",
				"throttle.scopes.anon.count-status=" + statuses));
		assertThat(failure.getDescription()).startsWith("The property 'throttle.scopes.anon.count-status' contains '")
			.endsWith("', which is neither a status code nor a class of status codes.");
		assertThat(failure.getAction()).isEqualTo(
				"Write codes from 100 to 599 and classes from 1xx to 5xx, such as '401, 403' or '4xx', or remove the property to count every request.");
	}

	@Test
	void emptyListOfStatusesStopsTheStart() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.anon=1/s", "throttle.scopes.anon.count-status="));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.scopes.anon.count-status' is empty, so no request would count.");
	}

	@Test
	void statusIsNotCheckedIfThrottlingIsOff() {
		this.runner.withPropertyValues("throttle.enabled=false", "throttle.scopes.anon.count-status=4x")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void filterStandsWhereAScopeCountsSomeAnswersOnly() {
		WebApplicationContextRunner rated = this.runner.withPropertyValues("throttle.rates.anon=1/s");
		rated.run((context) -> assertThat(isFilterEnabled(context)).isFalse());
		rated.withPropertyValues("throttle.scopes.anon.count-status=401")
			.run((context) -> assertThat(isFilterEnabled(context)).isTrue());
		rated.withPropertyValues("throttle.scopes.anon.count-status=401", "throttle.enabled=false")
			.run((context) -> assertThat(isFilterEnabled(context)).isFalse());
	}

	private static boolean isFilterEnabled(ApplicationContext context) {
		return context.getBean("throttleFilter", FilterRegistrationBean.class).isEnabled();
	}

	@Test
	void onFailureOfScopeWaitsForABackendThatCanFail() {
		this.runner.withPropertyValues("throttle.rates.anon=1/s", "throttle.scopes.anon.on-failure=deny")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private WebApplicationContextRunner variables(Map<String, Object> variables) {
		return this.runner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					variables)));
	}

}
