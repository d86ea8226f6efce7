package dev.throttle.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.Policy;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the rates of scopes that count bytes.
 */
class RatesInBytesTests {

	private static final Scope UPLOADS = Scope.of("uploads");

	private static final Scope USER = Scope.of("user");

	private final Rates rates = Rates.none(RateRules.countingBytes(Map.of(UPLOADS, 1000L)))
		.with(UPLOADS, Rate.parseAll("10MB/day"))
		.with(USER, Rate.parseAll("60/min"));

	private final RateRegistry registry = new RateRegistry(this.rates);

	@Test
	void numberWithoutUnitIsOneOfBytes() {
		assertThat(shown(this.rates.with(UPLOADS, Rate.parseAll("2048/min, 1500/s")), UPLOADS))
			.containsExactly("2KB/min", "1500B/s");
		assertThat(shown(this.rates.with(UPLOADS, List.of()).with(UPLOADS, Rate.parseAll("2048/min")), UPLOADS))
			.containsExactly("2KB/min");
	}

	@Test
	void shadowRatesAreInBytesToo() {
		Rates tried = this.rates.withShadowRates(UPLOADS, Rate.parseAll("2048/min"));
		assertThat(shown(tried, UPLOADS)).containsExactly("10MB/day", "2KB/min");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.rates.withShadowRates(USER, Rate.parseAll("2KB/min")));
	}

	@Test
	void bytesOfAScopeThatCountsRequestsAreRefused() {
		String message = "The rate '10MB/day' is in bytes, but the scope 'user' counts requests; write a number "
				+ "without a unit, or set 'throttle.scopes.user.cost' to 'request-bytes' or 'response-bytes'";
		assertThatIllegalArgumentException().isThrownBy(() -> this.rates.with(USER, Rate.parseAll("10MB/day")))
			.withMessage(message);
		assertThatIllegalArgumentException().isThrownBy(() -> Rates.of(Map.of("user", "10MB/day")))
			.withMessage(message);
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.override("user", "10MB/day", null))
			.withMessage(message);
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.configure("user", "10MB/day"))
			.withMessage(message);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.declare(Map.of(Scope.of("own"), Rate.parseAll("10MB/day")), "a throttle"))
			.withMessageContaining("'throttle.scopes.own.cost'");
	}

	@ParameterizedTest
	@CsvSource({ "999/min, 999B/min", "'10MB/day, 999B/min', 999B/min" })
	void limitBelowTheReserveIsRefused(String rates, String refused) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.rates.with(UPLOADS, Rate.parseAll(rates)))
			.withMessage("The rate '" + refused + "' never allows a request whose size is not known: it reserves 1000 "
					+ "bytes; write a higher rate, or set 'throttle.scopes.uploads.reserve' to '999B' or less");
	}

	@ParameterizedTest
	@CsvSource({ "1000/min", "0/min" })
	void limitOfTheReserveAndLimitOfZeroAreNot(String rates) {
		assertThat(this.rates.with(UPLOADS, Rate.parseAll(rates)).policies(UPLOADS)).hasSize(1);
	}

	@Test
	void overrideIsStoredInBytes() {
		this.registry.override("uploads", "2048/min", Duration.ofHours(1));
		assertThat(shown(this.registry.rates(), UPLOADS)).containsExactly("2KB/min");
		assertThat(this.registry.overrides().get(UPLOADS).rates()).isEqualTo("2KB/min");
		this.registry.override("uploads", "1500B/min, 20MB/day", null);
		assertThat(this.registry.overrides().get(UPLOADS).rates()).isEqualTo("1500B/min, 20MB/day");
		assertThat(shown(this.registry.rates(), UPLOADS)).containsExactly("1500B/min", "20MB/day");
	}

	@Test
	void rateInTheCodeIsTheSameWithOrWithoutUnit() {
		RateRegistry undeclared = new RateRegistry(Rates.none(RateRules.countingBytes(Map.of(UPLOADS, 1000L))));
		undeclared.declare(Map.of(UPLOADS, Rate.parseAll("2048/min")), "a throttle");
		undeclared.declare(Map.of(UPLOADS, Rate.parseAll("2KB/min")), "a handler");
		assertThat(shown(undeclared.rates(), UPLOADS)).containsExactly("2KB/min");
	}

	@Test
	void denialSaysBytesOnlyIfTheQuotaThatDecidesCountsThem() {
		assertThat(denied("uploads", 4000))
			.hasMessageStartingWith("Request was throttled by a limit of bytes. Expected");
		assertThat(denied("uploads", 6001)).hasMessageContaining("more bytes than the limit ever allows");
		assertThat(denied("user", 2)).hasMessageStartingWith("Request was throttled. Expected");
	}

	private RuntimeException denied(String scope, long cost) {
		Rates few = Rates.none(RateRules.countingBytes(Map.of(UPLOADS, 1000L)))
			.with(UPLOADS, Rate.parseAll("6000/min"))
			.with(USER, Rate.parseAll("3/min"));
		ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, new RateRegistry(few),
				SecretIdents.withRandomKey());
		AppliedThrottles throttles = new AppliedThrottles(
				List.of(new AppliedThrottles.Step("asking", (request) -> Verdict.count(scope, Client.user("ada"), cost),
						MemoryCacheBackend.builder().clock(new ThrottleClock()).build())));
		engine.decide(new MockThrottleRequest(), throttles);
		return engine.decide(new MockThrottleRequest(), throttles).toException();
	}

	private static List<String> shown(Rates rates, Scope scope) {
		return rates.policies(scope).stream().map(Policy::rate).map(Rate::toString).toList();
	}

}
