package dev.throttle.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Policy;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.backend.RateOverride;
import dev.throttle.backend.RateOverrides;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * No two policies have one name, whoever brings them.
 */
class RateRegistryNamesTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private final RateRegistry registry = registry(Map.of("user", "60/min", "user1", "7/min"));

	private final Logger logger = (Logger) LoggerFactory.getLogger(RateRegistry.class);

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void stop() {
		this.logger.detachAppender(this.log);
		this.registry.close();
	}

	@Test
	void rateThatIsSetTakesTheNameOfNoPolicyThatAHandlerBrings() {
		this.registry.declare(policies("userday", "3/day"), "@Throttle on Reports#get()");
		Rates before = this.registry.rates();
		for (String rate : List.of("5/min, 1000/day", "5/min, 3/day")) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.registry.override("user", rate, null))
				.withMessageStartingWith(
						"Two policies are called 'userday': the rate to be set for the scope 'user' says")
				.withMessageContaining("@Throttle on Reports#get() says 3/day");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.registry.update((rates) -> rates.with("user", Rate.parseAll(rate))));
		}
		assertThat(this.registry.rates()).isSameAs(before);
		this.registry.override("user", "5/hour, 1000/2d", null);
	}

	@Test
	void twoRatesThatAreSetDoNotShareAName() {
		this.registry.override("user", "5/min, 9/15min", null);
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.override("user1", "5/min, 9/5min", null))
			.withMessageContainingAll("Two policies are called 'user", "the scope 'user' says 9/15min",
					"the scope 'user1' says 9/5min");
	}

	@Test
	void rateThatIsSetDoesNotTakeTheNameOfAConfiguredOneThatComesBack() {
		RateRegistry registry = registry(Map.of("user", "60/min", "user1", "7/min, 9/5min"));
		registry.override("user1", "7/min", Duration.ofMinutes(1));
		assertThatIllegalArgumentException().isThrownBy(() -> registry.override("user", "5/min, 9/15min", null));
		registry.close();
	}

	@Test
	void equalRatesOfTwoScopesDoNotShareAName() {
		RateRegistry registry = registry(Map.of("user", "60/min, 100/day", "user-day", "100/day"));
		assertThatIllegalArgumentException().isThrownBy(() -> registry.declare(List.of(), "nobody"))
			.withMessageStartingWith("Two policies are called 'user-day'")
			.withMessageEndingWith("says 100/day for another scope");
		registry.close();
	}

	@Test
	void equalRatesOfOneScopeShareTheirCount() {
		this.registry.declare(policies("reports", "2/30s"), "@Throttle on One#get()");
		this.registry.declare(policies("Reports", "2/30s"), "@Throttle on Other#get()");
		this.registry.declare(policies("user", "60/min"), "@Throttle on Third#get()");
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.override("user", "5/min", null));
	}

	@Test
	void shadowHasAHistoryOfItsOwn() {
		RateRegistry registry = new RateRegistry(
				Rates.of(Map.of("user", "60/min")).withShadowRates("reports", Rate.parseAll("1/min, 9/day")));
		registry.declare(policies("reports", "2/min, 18/day"), "the throttle 'reports'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> registry.update((rates) -> rates.withShadowRates("reportsday", Rate.parseAll("9/day"))))
			.withMessageContaining("the property 'throttle.scopes.reportsday.shadow-rate' says 9/day");
		registry.close();
	}

	@Test
	void rateThatAnotherInstanceSetIsIgnoredWhereItsNameIsTakenHere() {
		SharedOverrides shared = new SharedOverrides();
		this.registry.follow(shared);
		this.registry.declare(policies("userday", "3/day"), "@Throttle on Reports#get()");
		for (int i = 0; i < 3; i++) {
			shared.tell(new RateOverride("user", "5/min, 3/day", null), new RateOverride("user1", "8/min", null));
		}
		assertThat(this.registry.overrides()).containsOnlyKeys("user1");
		assertThat(warnings()).singleElement()
			.asString()
			.startsWith("The rate that was set for the scope 'user' is ignored: Two policies are called 'userday'");
	}

	@Test
	void rateThatAnotherInstanceSetBeforeAHandlerIsKnownIsIgnoredThen() {
		SharedOverrides shared = new SharedOverrides();
		this.registry.follow(shared);
		shared.tell(new RateOverride("user", "5/min, 3/day", null));
		assertThat(this.registry.overrides()).containsOnlyKeys("user");
		this.registry.declare(policies("userday", "3/day"), "@Throttle on Reports#get()");
		assertThat(this.registry.overrides()).isEmpty();
		assertThat(warnings()).hasSize(1);
	}

	private List<String> warnings() {
		return this.log.list.stream()
			.filter((event) -> event.getLevel() == Level.WARN)
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	private static RateRegistry registry(Map<String, String> rates) {
		return new RateRegistry(Rates.of(rates));
	}

	private static List<Policy> policies(String scope, String rates) {
		return Policy.ofScope(scope, Rate.parseAll(rates));
	}

	/**
	 * Overrides that another instance keeps.
	 */
	private static final class SharedOverrides implements RateOverrides {

		private @Nullable Listener listener;

		void tell(RateOverride... overrides) {
			Objects.requireNonNull(this.listener).changed(Arrays.asList(overrides), NOW);
		}

		@Override
		public void follow(Listener listener) {
			this.listener = listener;
		}

		@Override
		public void set(String scope, String rates, @Nullable Duration duration) {
		}

		@Override
		public void remove(String scope) {
		}

		@Override
		public boolean shared() {
			return true;
		}

	}

}
