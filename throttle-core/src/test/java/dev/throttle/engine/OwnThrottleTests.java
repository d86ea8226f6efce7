package dev.throttle.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The throttles of one's own that the documentation shows, as a class and as a lambda.
 */
class OwnThrottleTests {

	private final ThrottleClock clock = new ThrottleClock();

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();

	private final RateRegistry rates = new RateRegistry(Rates.of(Map.of("tenant", "2/min")));

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates,
			SecretIdents.withRandomKey());

	@AfterEach
	void close() {
		this.backend.close();
		this.rates.close();
	}

	@ParameterizedTest
	@EnumSource
	void classCountsByTenant(Driver driver) {
		assertCountsByTenant(driver, new TenantThrottle());
	}

	@ParameterizedTest
	@EnumSource
	void lambdaCountsByTenant(Driver driver) {
		assertCountsByTenant(driver, perTenant());
	}

	private void assertCountsByTenant(Driver driver, BaseThrottle throttle) {
		AppliedThrottles throttles = new AppliedThrottles(
				List.of(new AppliedThrottles.Step("tenant", throttle, this.backend)));
		MockThrottleRequest acme = new MockThrottleRequest().withHeader("X-Tenant", "acme");
		assertThat(driver.decide(this.engine, acme, throttles).isAllowed()).isTrue();
		this.clock.advance(Duration.ofSeconds(20));
		assertThat(driver.decide(this.engine, acme, throttles).isAllowed()).isTrue();
		Decision denied = driver.decide(this.engine, acme, throttles);
		assertThat(denied.retryAfter()).isEqualTo(Duration.ofSeconds(40));
		assertThat(denied.results()).extracting(QuotaResult::client).containsExactly(Client.of("tenant", "acme"));
		MockThrottleRequest other = new MockThrottleRequest().withHeader("X-Tenant", "other");
		assertThat(driver.decide(this.engine, other, throttles).isAllowed()).isTrue();
		for (int i = 0; i < 5; i++) {
			assertThat(driver.decide(this.engine, new MockThrottleRequest(), throttles).isAllowed()).isTrue();
		}
	}

	BaseThrottle perTenant() {
		return (request) -> Verdict.count("tenant", Client.of("tenant", request.header("X-Tenant")));
	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

	}

}
