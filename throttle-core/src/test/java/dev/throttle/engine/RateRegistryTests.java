package dev.throttle.engine;

import java.util.List;
import java.util.Map;

import dev.throttle.Rate;
import dev.throttle.Rates;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RateRegistry}.
 */
class RateRegistryTests {

	private final RateRegistry registry = new RateRegistry(Rates.of(Map.of("user", "60/min, 1000/day")));

	@Test
	void rateThatIsReplacedIsInForce() {
		this.registry.update((rates) -> rates.with("user", List.of(Rate.parse("5/min"))));
		assertThat(this.registry.rates().policies("user")).extracting("rate").containsExactly(Rate.parse("5/min"));
	}

	@Test
	void ratesOfTwoScopesThatWouldShareAHistoryAreRefused() {
		Rates before = this.registry.rates();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.update((rates) -> rates.with("user-day", List.of(Rate.parse("5/min")))))
			.withMessage("Two policies are called 'user-day': 1000/day and 5/min");
		assertThat(this.registry.rates()).isSameAs(before);
	}

}
