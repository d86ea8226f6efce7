package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.ThrottledException;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.limiter.RateLimiter;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.web.ThrottledEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for limiters in the code of an application.
 */
class RateLimitersTests {

	private static final Client PHONE = Client.key("+49 170 1");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class, ThrottleEventAutoConfiguration.class,
				ThrottleMetricsAutoConfiguration.class));

	@Test
	void limiterWorksWithoutAWebServer() {
		this.runner.withBean(SmsSender.class).withPropertyValues("throttle.rates.sms=3/hour").run((context) -> {
			SmsSender sender = context.getBean(SmsSender.class);
			for (int i = 0; i < 3; i++) {
				sender.send();
			}
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(sender::send);
		});
	}

	@Test
	void limiterMayBeABeanOfTheApplication() {
		this.runner.withUserConfiguration(SmsLimiter.class)
			.withPropertyValues("throttle.rates.sms=3/hour")
			.run((context) -> assertThat(context.getBean(RateLimiter.class).tryAcquire(PHONE).remaining())
				.isEqualTo(2));
	}

	@Test
	void misspelledScopeStopsTheStartAndIsTold() {
		this.runner.withBean(SmsSender.class).withPropertyValues("throttle.rates.smss=3/hour").run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription()).endsWith("but there is no rate for it (did you mean 'smss'?).");
			assertThat(failure.getAction()).endsWith("or ask for a scope that has a rate: 'smss'.");
		});
	}

	@Test
	void missingRateStopsTheStart() {
		this.runner.withBean(SmsSender.class).run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription())
				.endsWith("SmsSender' asks for the limiter of the scope 'sms', but there is no rate for it.");
			assertThat(failure.getAction()).isEqualTo(
					"Set the property 'throttle.rates.sms', for example to '100/hour', or ask for a scope that has a rate.");
		});
	}

	@Test
	void unusedRateStopsTheStart() {
		this.runner.withBean(SmsSender.class)
			.withPropertyValues("throttle.rates.sms=3/hour", "throttle.rates.mail=3/hour")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessage(
						"There are rates that no code uses, of 'mail', but this is not a web application, so there are no requests to throttle. "
								+ "If code asks for them later, set 'throttle.scopes.mail.in-code' to 'true'. "
								+ "Set 'throttle.enabled' to 'false' if there is nothing to throttle, as in a batch job or a test that runs without a web server."));
	}

	@Test
	void scopeThatCodeAsksForLaterIsDeclared() {
		this.runner.withPropertyValues("throttle.scopes.sms.rate=3/hour", "throttle.scopes.sms.in-code=true")
			.run((context) -> assertThat(context.getBean(RateLimiters.class).scope("sms").tryAcquire(PHONE).isAllowed())
				.isTrue());
	}

	@Test
	void declaredScopeNeedsARate() {
		this.runner.withPropertyValues("throttle.scopes.sms.in-code=true", "throttle.rates.sm=3/hour")
			.run((context) -> assertThat(context).getFailure()
				.hasMessage(
						"The property 'throttle.scopes.sms.in-code' is set, but the scope 'sms' has no rate (did you mean 'sm'?). "
								+ "Use a scope that has a rate: 'sm', or set 'throttle.rates.sms', or remove the property."));
	}

	@Test
	void scopeOfCodeIsUsedInAWebApplication() {
		WebApplications.full()
			.withBean(SmsSender.class)
			.withPropertyValues("throttle.rates.sms=3/hour")
			.run((context) -> assertThat(context).hasNotFailed());
		WebApplications.small()
			.withPropertyValues("throttle.rates.sms=3/hour", "throttle.scopes.sms.in-code=true")
			.run((context) -> assertThat(context).hasNotFailed());
		WebApplications.small()
			.withPropertyValues("throttle.rates.sms=3/hour")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("set 'throttle.scopes.sms.in-code' to 'true' if code counts under it"));
	}

	@Test
	void everythingIsAllowedIfThrottlingIsOff() {
		this.runner.withBean(SmsSender.class).withPropertyValues("throttle.enabled=false").run((context) -> {
			for (int i = 0; i < 10; i++) {
				context.getBean(SmsSender.class).send();
			}
		});
	}

	@Test
	void denialIsPublishedAndMeasured() {
		List<ThrottledEvent> events = new ArrayList<>();
		this.runner.withBean(SmsSender.class)
			.withBean(SimpleMeterRegistry.class)
			.withBean("events", ApplicationListener.class, () -> (ApplicationListener<ThrottledEvent>) events::add)
			.withPropertyValues("throttle.rates.sms=1/hour")
			.run((context) -> {
				SmsSender sender = context.getBean(SmsSender.class);
				sender.send();
				assertThatExceptionOfType(ThrottledException.class).isThrownBy(sender::send);
				assertThat(events).singleElement().satisfies((event) -> {
					assertThat(event).hasToString("Denied by sms: in code");
					assertThat(event.getThrottles()).containsExactly("rateLimiter");
					assertThat(event.getHandler()).isNull();
					assertThat(event.getClients()).hasSize(1);
				});
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				for (String outcome : List.of("allowed", "denied")) {
					assertThat(meters.get("throttle.decisions")
						.tags("throttle", "rateLimiter", "scope", "sms", "outcome", outcome)
						.counter()
						.count()).isOne();
				}
			});
	}

	@Test
	void unlimitedScopeIsNotMeasured() {
		this.runner.withBean(SmsSender.class)
			.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("throttle.rates.sms=unlimited")
			.run((context) -> {
				context.getBean(SmsSender.class).send();
				assertThat(context.getBean(MeterRegistry.class).find("throttle.decisions").counters()).isEmpty();
			});
	}

	@Test
	void asynchronousCallsAreDecided() {
		this.runner.withBean(SmsSender.class).withPropertyValues("throttle.rates.sms=1/hour").run((context) -> {
			RateLimiter limiter = context.getBean(RateLimiters.class).scope("sms");
			assertThat(limiter.tryAcquireAsync(PHONE, 1).join().isAllowed()).isTrue();
			assertThat(limiter.acquireAsync(PHONE, 1)).isCompletedExceptionally();
		});
	}

	static class SmsSender {

		private final RateLimiter limiter;

		SmsSender(RateLimiters limiters) {
			this.limiter = limiters.scope("sms");
		}

		void send() {
			this.limiter.acquire(PHONE);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SmsLimiter {

		@Bean
		RateLimiter sms(RateLimiters limiters) {
			return limiters.scope("sms");
		}

	}

}
