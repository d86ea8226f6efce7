package dev.throttle.http;

import java.time.Duration;
import java.time.Instant;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.autoconfigure.ThrottleMetricsAutoConfiguration;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.NanoClock;
import dev.throttle.backend.remote.RemoteCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.limiter.Acquisition;
import dev.throttle.limiter.RateLimiter;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.test.ThrottleClock;
import dev.throttle.test.context.ThrottleTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestExecutionListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * What {@link ThrottleTest @ThrottleTest} makes of an application, apart from its
 * requests.
 */
@ThrottleTest
@SpringBootTest(classes = TestedApplication.class,
		properties = { "throttle.rates.uploads=1/min", "throttle.rates.reports=1/calendar-day",
				"throttle.scopes.reports.in-code=true", "throttle.scopes.uploads.in-code=true",
				"throttle.backend=redis" })
class ThrottleTestContextTests {

	private static final Client ADA = Client.user("ada");

	private final RateLimiter uploads;

	private final RateLimiter reports;

	private final RateRegistry rates;

	private final ThrottleClock clock;

	ThrottleTestContextTests(@Autowired RateLimiters limiters, @Autowired RateRegistry rates,
			@Autowired ThrottleClock clock) {
		this.uploads = limiters.scope("uploads");
		this.reports = limiters.scope("reports");
		this.rates = rates;
		this.clock = clock;
	}

	@Test
	void applicationWithAStoreCountsInMemory(@Autowired CacheBackend backend) {
		assertThat(backend).isInstanceOf(MemoryCacheBackend.class);
	}

	@RepeatedTest(2)
	void eachTestBeginsWithNothingUsedAndNothingKnownToBeDenied() {
		assertThat(this.uploads.tryAcquire(ADA).isAllowed()).isTrue();
		assertThat(this.reports.tryAcquire(ADA).isAllowed()).isTrue();
		assertThat(this.uploads.tryAcquire(ADA).isAllowed()).isFalse();
		assertThat(this.reports.tryAcquire(ADA).isAllowed()).isFalse();
	}

	@RepeatedTest(2)
	void eachTestBeginsWithTheConfiguredRates() {
		assertThat(this.uploads.tryAcquire(ADA).isAllowed()).isTrue();
		this.rates.override("uploads", "0/s", Duration.ofHours(1));
		assertThat(this.rates.overrides()).containsKey(Scope.of("uploads"));
	}

	@RepeatedTest(2)
	void eachTestBeginsAtMidnight() {
		assertThat(this.clock.instant()).isEqualTo("1970-01-01T00:00:00Z");
		this.reports.acquire(ADA);
		Acquisition denied = this.reports.tryAcquire(ADA);
		assertThat(denied.retryAfter()).isEqualTo(Duration.ofDays(1));
		this.clock.advance(Duration.ofHours(23));
		assertThat(this.reports.tryAcquire(ADA).retryAfter()).isEqualTo(Duration.ofHours(1));
		this.clock.advance(Duration.ofHours(1));
		assertThat(this.reports.tryAcquire(ADA).isAllowed()).isTrue();
	}

	@Test
	void calendarFollowsATimeOfDayThatTheTestSets() {
		this.clock.set(Instant.parse("2026-12-31T23:59:00Z"));
		this.reports.acquire(ADA);
		assertThat(this.reports.tryAcquire(ADA).retryAfter()).isEqualTo(Duration.ofMinutes(1));
	}

	@Test
	@ThrottleTest(enabled = false)
	void limitersAllowEverythingWhileLimitsAreOff() {
		assertThat(this.uploads.tryAcquire(ADA).isAllowed()).isTrue();
		assertThat(this.uploads.tryAcquire(ADA).isAllowed()).isTrue();
	}

	@Nested
	class InANestedClass {

		@RepeatedTest(2)
		void theAnnotationAppliesToo(@Autowired RateLimiters limiters, @Autowired ThrottleClock moved) {
			RateLimiter nested = limiters.scope("uploads");
			nested.acquire(ADA);
			assertThat(nested.tryAcquire(ADA).retryAfter()).isEqualTo(Duration.ofMinutes(1));
			moved.advance(Duration.ofMinutes(1));
			nested.acquire(ADA);
		}

		@Test
		@ThrottleTest(enabled = false)
		void methodMayBeWithoutLimits(@Autowired RateLimiters limiters) {
			limiters.scope("uploads").acquire(ADA);
			limiters.scope("uploads").acquire(ADA);
		}

	}

	@Nested
	@SpringBootTest(classes = { TestedApplication.class, OwnClock.class },
			properties = { "throttle.rates.uploads=1/min", "throttle.rates.reports=1/calendar-day",
					"throttle.scopes.reports.in-code=true", "throttle.scopes.uploads.in-code=true" })
	class WithAClockOfTheApplication {

		@Test
		void theClockOfTheTestTakesItsPlace(@Autowired RateLimiters limiters, @Autowired ThrottleClock moved) {
			limiters.scope("uploads").acquire(ADA);
			moved.advance(Duration.ofMinutes(1));
			limiters.scope("uploads").acquire(ADA);
		}

	}

	@Nested
	@SpringBootTest(classes = { TestedApplication.class, PrimaryClock.class },
			properties = { "throttle.rates.uploads=1/min", "throttle.rates.reports=1/calendar-day",
					"throttle.scopes.reports.in-code=true", "throttle.scopes.uploads.in-code=true" })
	class WithAPrimaryClockOfTheApplication {

		@Test
		void theClockOfTheTestTakesItsPlace(@Autowired RateLimiters limiters, @Autowired ThrottleClock moved) {
			limiters.scope("uploads").acquire(ADA);
			moved.advance(Duration.ofMinutes(1));
			limiters.scope("uploads").acquire(ADA);
		}

	}

	@Test
	void backendOutsideTheProcessIsRefused() {
		assertThatIllegalStateException().isThrownBy(() -> begin(CountingElsewhere.class))
			.withMessage(
					"The beans [cacheBackend] count outside this process, where @ThrottleTest can neither move the clock nor reset what was used. Replace each in the test by a MemoryCacheBackend of the same name, or remove @ThrottleTest.");
	}

	@Test
	void methodCannotSwitchLimitsOnThatAreOff() {
		assertThatIllegalStateException().isThrownBy(() -> begin(Off.class))
			.withMessageContaining("cannot switch limits on, because they are off for its class");
	}

	private static void begin(Class<?> test) throws Exception {
		TestContextManager manager = new TestContextManager(test);
		TestContext context = manager.getTestContext();
		context.getApplicationContext();
		context.updateState(test.getDeclaredConstructor().newInstance(), test.getDeclaredMethod("method"), null);
		for (TestExecutionListener listener : manager.getTestExecutionListeners()) {
			if (listener.getClass().getPackage().equals(ThrottleTest.class.getPackage())) {
				listener.beforeTestMethod(context);
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClock {

		@Bean
		NanoClock throttleClock() {
			return NanoClock.SYSTEM;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrimaryClock {

		@Bean
		@Primary
		NanoClock ticker() {
			return NanoClock.SYSTEM;
		}

	}

	@ThrottleTest
	@SpringBootTest(classes = { TestedApplication.class, CountingElsewhere.Store.class },
			properties = "throttle.rates.uploads=1/min")
	static class CountingElsewhere {

		void method() {
		}

		@Configuration(proxyBeanMethods = false)
		@EnableAutoConfiguration(exclude = ThrottleMetricsAutoConfiguration.class)
		static class Store {

			@Bean
			RemoteCacheBackend cacheBackend() {
				return mock();
			}

		}

	}

	@ThrottleTest(enabled = false)
	@SpringBootTest(classes = TestedApplication.class, properties = "throttle.rates.uploads=1/min")
	static class Off {

		@ThrottleTest
		void method() {
		}

	}

}
