package dev.throttle.autoconfigure;

import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.Policy;
import dev.throttle.engine.RateRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications with scopes that count bytes, which start or say why not.
 */
class BytesStartTests {

	private static final String COUNTS_BYTES = "throttle.scopes.anon.cost=request-bytes";

	private final WebApplicationContextRunner runner = WebApplications.small();

	@ParameterizedTest
	@CsvSource({ "throttle.rates.anon=10MB/day, 10MB/day", "throttle.scopes.anon.rate=10MB/day, 10MB/day",
			"throttle.rates.anon=10485760/day, 10MB/day",
			"'throttle.rates.anon=1MB/min, 1500000/day', '1MB/min, 1500000B/day'" })
	void rateOfAScopeThatCountsBytesIsInBytes(String property, String rates) {
		this.runner.withPropertyValues(property, "throttle.scopes.anon.cost=response-bytes")
			.run((context) -> assertThat(context.getBean(RateRegistry.class)
				.rates()
				.policies(Scope.of("anon"))
				.stream()
				.map(Policy::rate)
				.map(Object::toString)
				.toList()).containsExactly(rates.split(", ")));
	}

	@ParameterizedTest
	@CsvSource({ "throttle.rates.anon", "throttle.scopes.anon.rate", "throttle.scopes.anon.shadow-rate" })
	void bytesOfAScopeThatCountsRequestsStopTheStart(String property) {
		FailureAnalysis failure = failure(property + "=10MB/day", "throttle.rates.user=1/s",
				"throttle.scopes.user.cost=requests");
		assertThat(failure.getDescription()).isEqualTo("The property '" + property
				+ "' is not valid. The rate '10MB/day' is in bytes, but the scope 'anon' counts requests.");
		assertThat(failure.getAction()).isEqualTo(
				"Write a number without a unit, or set 'throttle.scopes.anon.cost' to 'request-bytes' or 'response-bytes'.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "10mb/day", "10MiB/day" })
	void bytesOfAnUnknownUnitStopTheStart(String rate) {
		FailureAnalysis failure = failure("throttle.rates.anon=" + rate, COUNTS_BYTES);
		assertThat(failure.getDescription())
			.startsWith("The property 'throttle.rates.anon' is '" + rate + "', which is not a rate. At column 3: ")
			.endsWith("; known units of bytes are B, KB, MB, GB, TB.");
	}

	@Test
	void limitBelowTheReserveStopsTheStart() {
		FailureAnalysis failure = failure("throttle.rates.anon=10KB/min", COUNTS_BYTES);
		assertThat(failure.getDescription()).isEqualTo("The property 'throttle.rates.anon' is not valid. The rate "
				+ "'10KB/min' never allows a request whose size is not known: it reserves 65536 bytes.");
		assertThat(failure.getAction())
			.isEqualTo("Write a higher rate, or set 'throttle.scopes.anon.reserve' to '10240B' or less.");
		this.runner
			.withPropertyValues("throttle.rates.anon=10KB/min", COUNTS_BYTES, "throttle.scopes.anon.reserve=10240B")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void reserveOfAScopeThatCountsRequestsStopsTheStart() {
		FailureAnalysis failure = failure("throttle.rates.anon=1/s", "throttle.scopes.anon.reserve=1KB");
		assertThat(failure.getDescription()).isEqualTo("The property 'throttle.scopes.anon.reserve' is set, but the "
				+ "scope 'anon' counts requests, which reserve no bytes.");
		assertThat(failure.getAction()).isEqualTo(
				"Set 'throttle.scopes.anon.cost' to 'request-bytes' or 'response-bytes', or remove the property.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0B", "-1KB" })
	void reserveThatIsNotPositiveStopsTheStart(String reserve) {
		FailureAnalysis failure = failure("throttle.rates.anon=1MB/s", COUNTS_BYTES,
				"throttle.scopes.anon.reserve=" + reserve);
		assertThat(failure.getDescription()).startsWith("The property 'throttle.scopes.anon.reserve' is '");
		assertThat(failure.getAction()).isEqualTo("Write a positive size, such as '64KB'.");
	}

	@Test
	void unknownCostStopsTheStart() {
		FailureAnalysis failure = failure("throttle.rates.anon=1/s", "throttle.scopes.anon.cost=bytes");
		assertThat(failure.getAction()).isEqualTo("Use one of 'requests', 'request-bytes', 'response-bytes'.");
	}

	@Test
	void costOfAScopeWithoutRateStopsTheStart() {
		FailureAnalysis failure = failure("throttle.rates.anon=1/s", "throttle.scopes.annon.cost=request-bytes");
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.scopes.annon.cost' is set, but the scope "
					+ "'annon' has no rate (did you mean 'anon'?).");
	}

	@Test
	void bytesInTheRateOfAThrottleNeedAScopeThatCountsThem() {
		WebApplicationContextRunner own = this.runner.withUserConfiguration(OwnThrottle.class);
		own.withPropertyValues("throttle.scopes.burst.cost=request-bytes")
			.run((context) -> assertThat(context).hasNotFailed());
		FailureAnalysis failure = StartupFailures.failure(own);
		assertThat(failure.getDescription())
			.isEqualTo("The rate '10MB/day' is in bytes, but the scope 'burst' counts requests.");
		assertThat(failure.getAction()).contains("'throttle.scopes.burst.cost'");
	}

	@Test
	void bytesInTheRateOfAnAnnotationNeedAScopeThatCountsThem() {
		WebApplicationContextRunner annotated = WebApplications.full().withUserConfiguration(Uploads.class);
		annotated.withPropertyValues("throttle.scopes.uploads.cost=request-bytes")
			.run((context) -> assertThat(context).hasNotFailed());
		FailureAnalysis failure = StartupFailures.failure(annotated);
		assertThat(failure.getDescription())
			.isEqualTo("The rate '10MB/day' is in bytes, but the scope 'uploads' counts requests.");
		assertThat(failure.getAction()).contains("'throttle.scopes.uploads.cost'");
	}

	private FailureAnalysis failure(String... properties) {
		return StartupFailures.failure(this.runner.withPropertyValues(properties));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnThrottle {

		@Bean
		UserRateThrottle burst() {
			return new UserRateThrottle("burst", "10MB/day");
		}

	}

	@RestController
	static class Uploads {

		@PostMapping("/uploads")
		@Throttle(scope = "uploads", rate = "10MB/day")
		void upload() {
		}

	}

}
