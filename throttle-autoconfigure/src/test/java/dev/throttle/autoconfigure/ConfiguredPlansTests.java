package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.Rates;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.InstanceOfAssertFactories;
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
 * Tests for {@link ConfiguredPlans}, and for the time zones of the calendar.
 */
class ConfiguredPlansTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@ParameterizedTest
	@ValueSource(strings = { "api_key", "api-key", "apiKey", "API.KEY", "apikey" })
	void everySpellingOfAScopeIsThatScope(String spelling) {
		file(Map.of("throttle.rates.api-key", "1/s", "throttle.plans.pro.rates." + spelling, "5/min"));
		assertThat(rates("pro", "api_key")).containsExactly("api-key (5/min, plan pro)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "THROTTLE_PLANS_PRO_RATES_APIKEY", "THROTTLE_PLANS_PRO_RATES_API_KEY",
			"throttle_plans_pro_rates_apikey" })
	void environmentVariableIsTheScopeAsTheUsualRateSpellsIt(String variable) {
		file(Map.of("throttle.rates.api-key", "1/s"));
		variables(Map.of(variable, "5/min, 9/day"));
		assertThat(rates("pro", "api_key")).containsExactly("api-key (5/min, plan pro)",
				"api-key-day (9/day, plan pro)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "api_key", "api-key", "apiKey", "api.key" })
	void environmentVariableOverridesEverySpellingInFile(String spelling) {
		file(Map.of("throttle.rates.api-key", "1/s", "throttle.plans.free-tier.rates." + spelling, "2/s"));
		variables(Map.of("THROTTLE_PLANS_FREETIER_RATES_APIKEY", "5/min"));
		assertThat(rates("freeTier", "api_key")).singleElement().asString().contains("5/min");
		assertThat(rates().plans()).hasSize(1);
	}

	@Test
	void planWithDotInBracketsIsMergedWithItsOtherSpellings() {
		file(Map.of("throttle.rates.user", "1/s", "throttle.plans[free.tier].rates.user", "2/s",
				"throttle.plans[free.tier].rates.anon", "3/s"));
		variables(Map.of("THROTTLE_PLANS_FREETIER_RATES_USER", "5/min"));
		assertThat(rates("free-tier", "user")).singleElement().asString().contains("5/min");
		assertThat(rates("free-tier", "anon")).singleElement().asString().contains("3/s");
	}

	@Test
	void plansHaveTheOrderOfTheirConfiguration() {
		Map<String, Object> properties = new LinkedHashMap<>();
		for (String plan : List.of("pro", "free", "enterprise", "basic")) {
			properties.put("throttle.plans." + plan + ".rates.user", "1/s");
		}
		file(properties);
		assertThat(rates().plans()).extracting(PlanRates::name).containsExactly("pro", "free", "enterprise", "basic");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "unlimited", "UNLIMITED" })
	void noLimit(String rate) {
		file(Map.of("throttle.rates.user", "1/s", "throttle.plans.pro.rates.user", rate));
		assertThat(plan("pro").policies()).containsExactly(Map.entry(Scope.of("user"), List.of()));
	}

	@Test
	void placeholdersAreResolved() {
		file(Map.of("throttle.plans.pro.rates.user", "${limit}/${period:hour}", "limit", "7"));
		assertThat(rates("pro", "user")).containsExactly("user (7/hour, plan pro)");
	}

	@Test
	void shadow() {
		file(Map.of("throttle.plans.pro.rates.user", "7/s", "throttle.plans.pro.shadow", "true",
				"throttle.plans.free.rates.user", "7/s"));
		assertThat(plan("pro").isShadow()).isTrue();
		assertThat(plan("free").isShadow()).isFalse();
	}

	@Test
	void ratesOfPlansCountWhatTheScopeCounts() {
		file(Map.of("throttle.rates.uploads", "1MB/day", "throttle.scopes.uploads.cost", "request-bytes",
				"throttle.plans.pro.rates.uploads", "10485760/day"));
		assertThat(rates("pro", "uploads")).containsExactly("uploads (10MB/day, plan pro)");
	}

	@Test
	void calendarIsInTheZoneOfTheScopeOrElseOfAll() {
		file(Map.of("throttle.rates.user", "1/calendar-day", "throttle.rates.exports", "1/calendar-day",
				"throttle.calendar-zone", "Europe/Berlin", "throttle.scopes.exports.zone", "Asia/Kathmandu",
				"throttle.plans.pro.rates.exports", "2/calendar-month"));
		assertThat(rates().policies(Scope.of("user"))).extracting(Policy::zone).asString().isEqualTo("[Europe/Berlin]");
		assertThat(rates().policies(Scope.of("exports"))).extracting(Policy::zone)
			.asString()
			.isEqualTo("[Asia/Kathmandu]");
		assertThat(plan("pro").policies().get(Scope.of("exports"))).extracting(Policy::zone)
			.asString()
			.isEqualTo("[Asia/Kathmandu]");
	}

	@Test
	void calendarIsInUtcByDefault() {
		file(Map.of("throttle.rates.user", "1/calendar-day"));
		assertThat(rates().policies(Scope.of("user"))).extracting(Policy::zone).asString().isEqualTo("[Z]");
	}

	@Test
	void environmentVariablesSetZones() {
		file(Map.of("throttle.rates.user", "1/calendar-day", "throttle.rates.api-key", "1/calendar-day"));
		variables(Map.of("THROTTLE_CALENDARZONE", "Europe/Berlin", "THROTTLE_SCOPES_APIKEY_ZONE", "+05:45"));
		assertThat(rates().policies(Scope.of("user"))).extracting(Policy::zone).asString().isEqualTo("[Europe/Berlin]");
		assertThat(rates().policies(Scope.of("api-key"))).extracting(Policy::zone).asString().isEqualTo("[+05:45]");
	}

	@Test
	void twoSpellingsOfAPlanInOneSourceAreRefused() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("throttle.plans.free-tier.rates.user", "1/s");
		properties.put("throttle.plans.freeTier.shadow", "true");
		file(properties);
		assertThatFailure().isEqualTo(
				"The properties 'throttle.plans.free-tier.*' and 'throttle.plans.freeTier.*' are two spellings of one plan. Use the same spelling in both.");
	}

	@Test
	void twoSpellingsOfAScopeInOneSourceAreRefused() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("throttle.plans.pro.rates.api-key", "1/s");
		properties.put("throttle.plans.pro.rates.api_key", "1/s");
		file(properties);
		assertThatFailure().isEqualTo(
				"The properties 'throttle.plans.pro.rates.api-key' and 'throttle.plans.pro.rates.api_key' are two spellings of one scope. Use the same spelling in both.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					5/x | The property 'throttle.plans.pro.rates.user' is '5/x', which is not a rate. At column 3: unknown period 'x'
					5MB/day | The property 'throttle.plans.pro.rates.user' is not valid. The rate '5MB/day' is in bytes, but the scope 'user' counts requests
					5/min, 6/min | The property 'throttle.plans.pro.rates.user' is '5/min, 6/min', which is not a rate.
					${missing} | The property 'throttle.plans.pro.rates.user' has a placeholder that cannot be resolved: '${missing}'.
					""")
	void invalidRate(String rate, String description) {
		file(Map.of("throttle.plans.pro.rates.anon", "1/s", "throttle.plans.pro.rates.user", rate));
		assertThatFailure().startsWith(description);
	}

	@Test
	void listOfRates() {
		file(Map.of("throttle.plans.pro.rates.user[0]", "1/s", "throttle.plans.pro.rates.user[1]", "2/min"));
		assertThatFailure().isEqualTo(
				"The property 'throttle.plans.pro.rates.user' is a list. Write the rates of a scope as one comma-separated value, such as '60/min, 1000/day'.");
	}

	@Test
	void invalidName() {
		file(Map.of("throttle.plans[pro plan].rates.user", "1/s"));
		assertThatFailure().isEqualTo(
				"The property 'throttle.plans[pro plan].*' names the plan 'pro plan', which is not a valid name. Use letters and digits, separated by '-', '_' or '.'.");
	}

	@Test
	void invalidScope() {
		file(Map.of("throttle.plans.pro.rates[the user]", "1/s"));
		assertThatFailure().contains("names 'the user', which is not a valid scope.");
	}

	@Test
	void planWithoutRates() {
		file(Map.of("throttle.plans.pro.shadow", "true"));
		assertThatFailure()
			.isEqualTo("The plan 'pro' has no rates. Set 'throttle.plans.pro.rates.<scope>', or remove the plan.");
	}

	@ParameterizedTest
	@CsvSource({ "0%, 0", "10%, 0.1", "'12.5 %', 0.125", "100%, 1", "0.1, 0.1", "1, 1", "' 5% ', 0.05" })
	void jitterIsAShare(String value, double share) {
		assertThat(Share.of("throttle.retry-after-jitter", value)).isEqualTo(share);
	}

	@ParameterizedTest
	@ValueSource(strings = { "10", "101%", "1.1", "-5%", "ten", "", "%", "5s", "NaN", "1e-1" })
	void jitterThatIsNoShare(String value) {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> Share.of("throttle.retry-after-jitter", value))
			.withMessage("The property 'throttle.retry-after-jitter' is '" + value
					+ "', which is not a share. Write a share from 0% to 100%, such as '10%' or '0.1'.");
	}

	private AbstractStringAssert<?> assertThatFailure() {
		return assertThatExceptionOfType(InvalidThrottleConfigurationException.class).isThrownBy(this::rates)
			.extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING);
	}

	private Rates rates() {
		ThrottleProperties properties = Binder.get(this.environment)
			.bindOrCreate("throttle", Bindable.of(ThrottleProperties.class));
		return new ConfiguredScopes(properties, this.environment).rates();
	}

	private PlanRates plan(String name) {
		return Objects.requireNonNull(rates().plan(name));
	}

	private List<String> rates(String plan, String scope) {
		return Objects.requireNonNull(plan(plan).policies().get(Scope.of(scope)))
			.stream()
			.map(Policy::toString)
			.toList();
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
