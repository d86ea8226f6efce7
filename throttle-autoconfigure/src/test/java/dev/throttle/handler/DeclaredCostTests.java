package dev.throttle.handler;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.annotation.AliasFor;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the costs that handlers declare.
 */
class DeclaredCostTests {

	private static final Scope TOKENS = Scope.of("tokens");

	private static final Scope REQUESTS = Scope.of("requests");

	private static final String CHAT = Chat.class.getName() + "#";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void requestTakesOnePermitByDefault() {
		assertThat(declared("plain").cost(TOKENS)).isEmpty();
		assertThat(declared("plain").settleable()).containsExactly(TOKENS);
	}

	@Test
	void costIsThatOfItsScope() {
		DeclaredScopes declared = declared("both");
		assertThat(declared.cost(TOKENS)).hasValue(4000);
		assertThat(declared.cost(REQUESTS)).isEmpty();
	}

	@Test
	void handlerSettlesTheScopesForWhichItDeclaresACost() {
		assertThat(declared("both").settleable()).containsExactly(TOKENS);
		assertThat(declared("costs").settleable()).containsExactlyInAnyOrder(TOKENS, REQUESTS);
	}

	@Test
	void costsDifferByScope() {
		DeclaredScopes declared = declared("costs");
		assertThat(declared.cost(TOKENS)).hasValue(4000);
		assertThat(declared.cost(REQUESTS)).hasValue(2);
	}

	@Test
	void placeholderIsResolved() {
		assertThat(declared("configured").cost(TOKENS)).hasValue(3000);
		this.environment.setProperty("tokens.reserve", " 5000 ");
		assertThat(declared("configured").cost(TOKENS)).hasValue(5000);
	}

	@Test
	void placeholderOfOneIsADeclaredCost() {
		this.environment.setProperty("tokens.reserve", "1");
		assertThat(declared("configured").cost(TOKENS)).hasValue(1);
		assertThat(declared("configured").settleable()).containsExactly(TOKENS);
	}

	@Test
	void costOfOneIsADeclaredCost() {
		assertThat(declared("one").cost(TOKENS)).hasValue(1);
		assertThat(declared("one").settleable()).containsExactly(TOKENS);
	}

	@Test
	void metaAnnotationHasACost() {
		assertThat(declared("meta").cost(TOKENS)).hasValue(700);
	}

	@Test
	void ownRateHasACost() {
		assertThat(declared("ownRate").cost(Scope.of("Chat.ownRate"))).hasValue(5);
	}

	@ParameterizedTest
	@CsvSource({ "zero, 0", "negative, -5" })
	void costBelowOneIsRefused(String method, String cost) {
		assertRefused(method,
				"@Throttle on " + CHAT + method + "() declares the cost '" + cost
						+ "', which is not a positive whole number.",
				"Write a number of permits, as in cost = 4000 or costString = \"${tokens.reserve:4000}\".");
	}

	@ParameterizedTest
	@ValueSource(strings = { "4k", "-1", "0", "", "1.5", "9999999999999999999999" })
	void textThatIsNoPositiveNumberIsRefused(String cost) {
		this.environment.setProperty("tokens.reserve", cost);
		assertRefused("configured",
				"@Throttle on " + CHAT + "configured() declares the cost '" + cost
						+ "', which is not a positive whole number.",
				"Write a number of permits, as in cost = 4000 or costString = \"${tokens.reserve:4000}\".");
	}

	@Test
	void unknownPlaceholderIsRefused() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class).isThrownBy(() -> declared("unknown"))
			.withMessageContaining("@Throttle on " + CHAT + "unknown() has a placeholder that cannot be resolved");
	}

	@Test
	void costAndTextAreRefused() {
		assertRefused("twice", "@Throttle on " + CHAT + "twice() declares both 'cost' and 'costString'.",
				"Remove one of them.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "alone", "aloneAsText", "withoutScope" })
	void costWithoutScopeIsRefused(String method) {
		assertRefused(method, "@Throttle on " + CHAT + method + "() declares a cost, but neither a scope nor a rate.",
				"Add the scope under which the cost is counted, as in @Throttle(scope = \"tokens\", cost = 4000).");
	}

	private void assertRefused(String method, String message, String action) {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class).isThrownBy(() -> declared(method))
			.withMessage(message + " " + action);
	}

	private DeclaredScopes declared(String method) {
		RateRegistry rates = new RateRegistry(Rates.of(Map.of("tokens", "100000/day", "requests", "9/min")));
		ThrottleRegistry registry = new ThrottleRegistry(Map.of("scopedRateThrottle", new ScopedRateThrottle()),
				Map.of("cacheBackend", MemoryCacheBackend.builder().build()), null, null);
		ThrottledHandlers handlers = new ThrottledHandlers(registry, rates, new OutgoingCheck(Map.of()),
				this.environment::resolveRequiredPlaceholders);
		HandlerThrottles applied = handlers.throttles(handler(method));
		assertThat(applied).isNotNull();
		return applied.declared();
	}

	private static HandlerMethod handler(String method) {
		try {
			return new HandlerMethod(new Chat(), Chat.class.getDeclaredMethod(method));
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	@Retention(RetentionPolicy.RUNTIME)
	@Throttle(scope = "tokens")
	@interface Tokens {

		@AliasFor(annotation = Throttle.class, attribute = "cost")
		long reserve();

	}

	static class Chat {

		@Throttle(scope = "tokens")
		void plain() {
		}

		@Throttle(scope = "requests")
		@Throttle(scope = "tokens", cost = 4000)
		void both() {
		}

		@Throttle(scope = "requests", cost = 2)
		@Throttle(scope = "tokens", cost = 4000)
		void costs() {
		}

		@Throttle(scope = "requests")
		@Throttle(scope = "tokens", costString = "${tokens.reserve:3000}")
		void configured() {
		}

		@Throttle(scope = "tokens", costString = "${tokens.unknown}")
		void unknown() {
		}

		@Tokens(reserve = 700)
		void meta() {
		}

		@Throttle(rate = "9/min", cost = 5)
		void ownRate() {
		}

		@Throttle(scope = "tokens", cost = 1)
		@Throttle(scope = "requests")
		void one() {
		}

		@Throttle(scope = "tokens", cost = 0)
		void zero() {
		}

		@Throttle(scope = "tokens", cost = -5)
		void negative() {
		}

		@Throttle(scope = "tokens", cost = 2, costString = "3")
		void twice() {
		}

		@Throttle(cost = 2)
		void alone() {
		}

		@Throttle(costString = "2")
		void aloneAsText() {
		}

		@Throttle(use = ScopedRateThrottle.class, cost = 2)
		void withoutScope() {
		}

	}

}
