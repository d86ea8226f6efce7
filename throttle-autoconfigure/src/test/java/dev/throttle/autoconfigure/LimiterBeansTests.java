package dev.throttle.autoconfigure;

import dev.throttle.Client;
import dev.throttle.limiter.RateLimiter;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LimiterBeans}.
 */
class LimiterBeansTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class));

	private final ApplicationContextRunner twoLimiters = this.runner.withPropertyValues("throttle.rates.sms=1/hour",
			"throttle.scopes.sms.in-code=true", "throttle.rates.api-key=2/hour",
			"throttle.scopes.api-key.in-code=true");

	@Test
	void limiterIsInjectedByTheNameOfTheParameter() {
		this.twoLimiters.withBean(Named.class).run((context) -> {
			Named named = context.getBean(Named.class);
			assertThat(remaining(named.sms)).isZero();
			assertThat(remaining(named.apiKey)).isOne();
		});
	}

	@Test
	void outgoingLimitIsNoBean() {
		this.runner
			.withPropertyValues("throttle.scopes.sms.rate=1/hour", "throttle.scopes.sms.in-code=true",
					"throttle.outgoing.partner.rate=5000/hour", "throttle.outgoing.partner.host=api.example.com")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(RateLimiter.class)
				.doesNotHaveBean("partner"));
	}

	@Test
	void limiterIsInjectedByTheQualifierAsTheScopeIsWritten() {
		this.twoLimiters.withBean(Qualified.class)
			.run((context) -> assertThat(remaining(context.getBean(Qualified.class).limiter)).isOne());
	}

	@Test
	void onlyLimiterNeedsNoName() {
		this.runner.withPropertyValues("throttle.scopes.sms.rate=1/hour", "throttle.scopes.sms.in-code=true")
			.run((context) -> assertThat(remaining(context.getBean(RateLimiter.class))).isZero());
	}

	@Test
	void limiterOfTheApplicationTakesThePlace() {
		RateLimiter own = mock(RateLimiter.class);
		this.twoLimiters.withBean("sms", RateLimiter.class, () -> own).run((context) -> {
			assertThat(context.getBeansOfType(RateLimiter.class)).containsOnlyKeys("sms", "apiKey");
			assertThat(context.getBean("sms")).isSameAs(own);
		});
	}

	@Test
	void limiterHasAnotherNameIfABeanOfTheApplicationHasItsName() {
		this.twoLimiters.withBean("apiKey", String.class, () -> "a bean of its own")
			.withBean(Qualified.class)
			.run((context) -> {
				assertThat(context.getBean("apiKey")).isEqualTo("a bean of its own");
				assertThat(context.getBeansOfType(RateLimiter.class)).containsOnlyKeys("sms", "apiKeyRateLimiter");
				assertThat(remaining(context.getBean(Qualified.class).limiter)).isOne();
			});
	}

	@Test
	void limitOfCallsThatGoOutHasNoBean() {
		this.runner
			.withPropertyValues("throttle.outgoing.github.rate=1/hour", "throttle.outgoing.github.host=a.example")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RateLimiter.class));
	}

	@Test
	void missingLimiterStopsTheStartAndIsTold() {
		this.runner.withBean(Qualified.class).run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription())
				.endsWith("Qualified' needs the RateLimiter 'api-key', but there is no such bean.");
			assertThat(failure.getAction()).isEqualTo(
					"Set the property 'throttle.scopes.api-key.in-code' to 'true' and 'throttle.rates.api-key' to a rate such as '100/hour', "
							+ "or inject RateLimiters and ask it for the scope.");
		});
		this.runner.withBean(Named.class)
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.endsWith("Named' needs the RateLimiter 'sms', but there is no such bean."));
	}

	@Test
	void limiterWithoutARateStopsTheStartAndIsTold() {
		this.runner.withBean(Named.class)
			.withPropertyValues("throttle.scopes.sms.in-code=true", "throttle.rates.smss=1/hour")
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.contains(
						"asks for the limiter of the scope 'sms', but there is no rate for it (did you mean 'smss'?)."));
	}

	@Test
	void invalidPropertyIsToldAsWithoutLimiters() {
		this.runner.withPropertyValues("throttle.scopes.sms.in-code=perhaps")
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.startsWith("The property 'throttle.scopes.sms.in-code' is 'perhaps', which is not a valid value."));
	}

	@Test
	void everythingIsAllowedIfThrottlingIsOff() {
		this.twoLimiters.withBean(Named.class).withPropertyValues("throttle.enabled=false").run((context) -> {
			RateLimiter limiter = context.getBean(Named.class).sms;
			assertThat(limiter.tryAcquire(Client.ALL).isAllowed()).isTrue();
			assertThat(limiter.tryAcquire(Client.ALL).isAllowed()).isTrue();
		});
	}

	private static long remaining(RateLimiter limiter) {
		return limiter.tryAcquire(Client.ALL).remaining();
	}

	static class Named {

		private final RateLimiter sms;

		private final RateLimiter apiKey;

		Named(RateLimiter sms, RateLimiter apiKey) {
			this.sms = sms;
			this.apiKey = apiKey;
		}

	}

	static class Qualified {

		private final RateLimiter limiter;

		Qualified(@Qualifier("api-key") RateLimiter limiter) {
			this.limiter = limiter;
		}

	}

}
