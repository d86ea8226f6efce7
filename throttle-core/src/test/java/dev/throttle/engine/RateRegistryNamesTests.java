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
import dev.throttle.Rate;
import dev.throttle.Scope;
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
		this.registry.declare(rates("userday", "3/day"), "@Throttle on Reports#get()");
		Rates before = this.registry.rates();
		for (String rate : List.of("5/min, 1000/day", "5/min, 3/day")) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.registry.override("user", rate, null))
				.withMessageStartingWith(
						"Two policies are called 'userday': the rate to be set for the scope 'user' says")
				.withMessageContaining("@Throttle on Reports#get() says 3/day");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.registry.update((rates) -> rates.with(Scope.of("user"), Rate.parseAll(rate))));
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
		assertThatIllegalArgumentException().isThrownBy(() -> registry.declare(Map.of(), "nobody"))
			.withMessageStartingWith("Two policies are called 'user-day'")
			.withMessageEndingWith("says 100/day for another scope");
		registry.close();
	}

	@Test
	void equalRatesOfOneScopeShareTheirCount() {
		this.registry.declare(rates("reports", "2/30s"), "@Throttle on One#get()");
		this.registry.declare(rates("Reports", "2/30s"), "@Throttle on Other#get()");
		this.registry.declare(rates("user", "60/min"), "@Throttle on Third#get()");
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.override("user", "5/min", null));
	}

	@Test
	void twoRatesOfOneScopeAreRefused() {
		this.registry.declare(rates("reports", "2/30s"), "@Throttle on One#get()");
		Rates before = this.registry.rates();
		for (String rate : List.of("3/30s", "2/min")) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.registry.declare(rates("Reports", rate), "@Throttle on Other#get()"))
				.withMessage("The scope 'reports' has two rates: @Throttle on One#get() says '2/30s', "
						+ "@Throttle on Other#get() says '" + rate + "'");
		}
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.declare(rates("reports", "2/30s, 9/day"), "@Throttle on Other#get()"))
			.withMessage("The scope 'reports' has two rates: @Throttle on One#get() says '2/30s', "
					+ "@Throttle on Other#get() says '2/30s, 9/day'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.declare(rates("user", "5/min"), "the throttle 'burst'"))
			.withMessage("The scope 'user' has two rates: the property 'throttle.rates.user' says '60/min', "
					+ "the throttle 'burst' says '5/min'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.declare(rates("User", "60/min, 9/day"), "@Throttle on Other#get()"))
			.withMessage("The scope 'user' has two rates: the property 'throttle.rates.user' says '60/min', "
					+ "@Throttle on Other#get() says '60/min, 9/day'");
		assertThat(this.registry.rates()).isSameAs(before);
	}

	@Test
	void shadowHasAHistoryOfItsOwn() {
		RateRegistry registry = new RateRegistry(
				Rates.of(Map.of("user", "60/min")).withShadowRates(Scope.of("reports"), Rate.parseAll("1/min, 9/day")));
		registry.declare(rates("reports", "2/min, 18/day"), "the throttle 'reports'");
		assertThatIllegalArgumentException().isThrownBy(
				() -> registry.update((rates) -> rates.withShadowRates(Scope.of("reportsday"), Rate.parseAll("9/day"))))
			.withMessageContaining("the property 'throttle.scopes.reportsday.shadow-rate' says 9/day");
		registry.close();
	}

	@Test
	void rateThatAnotherInstanceSetIsIgnoredWhereItsNameIsTakenHere() {
		SharedOverrides shared = new SharedOverrides();
		this.registry.follow(shared);
		this.registry.declare(rates("userday", "3/day"), "@Throttle on Reports#get()");
		for (int i = 0; i < 3; i++) {
			shared.tell(new RateOverride("user", "5/min, 3/day", null), new RateOverride("user1", "8/min", null));
		}
		assertThat(this.registry.overrides()).containsOnlyKeys(Scope.of("user1"));
		assertThat(warnings()).singleElement()
			.asString()
			.startsWith("Ignoring the rate override 'user': Two policies are called 'userday'");
	}

	@Test
	void rateThatAnotherInstanceSetBeforeAHandlerIsKnownIsIgnoredThen() {
		SharedOverrides shared = new SharedOverrides();
		this.registry.follow(shared);
		shared.tell(new RateOverride("user", "5/min, 3/day", null));
		assertThat(this.registry.overrides()).containsOnlyKeys(Scope.of("user"));
		this.registry.declare(rates("userday", "3/day"), "@Throttle on Reports#get()");
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

	private static Map<Scope, List<Rate>> rates(String scope, String rates) {
		return Map.of(Scope.of(scope), Rate.parseAll(rates));
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
		public boolean isShared() {
			return true;
		}

	}

}
