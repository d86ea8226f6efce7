package dev.throttle.autoconfigure;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static dev.throttle.autoconfigure.StartupFailures.failure;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the start finds out of throttles that say nothing of their scopes: it asks them
 * about a request of nobody.
 */
class AskedAtStartTests {

	private final WebApplicationContextRunner runner = WebApplications.small();

	private final WebApplicationContextRunner perTenant = this.runner.withUserConfiguration(PerTenant.class);

	@Test
	void rateThatALambdaAloneUsesIsUsed() {
		this.perTenant.withPropertyValues("throttle.rates.tenant=3/min")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void scopeOfALambdaWithoutRate() {
		FailureAnalysis failure = failure(this.perTenant);
		assertThat(failure.getDescription())
			.isEqualTo("The throttle 'perTenant' has the scope 'tenant', but there is no rate for it.");
		assertThat(failure.getAction())
			.isEqualTo("Set the property 'throttle.rates.tenant', for example to '100/hour', or remove the throttle.");
	}

	@Test
	void misspeltRateOfALambda() {
		FailureAnalysis failure = failure(this.perTenant.withPropertyValues("throttle.rates.tennant=3/min"));
		assertThat(failure.getDescription()).isEqualTo(
				"The throttle 'perTenant' has the scope 'tenant', but there is no rate for it; there is a rate 'throttle.rates.tennant', which nothing uses.");
	}

	@Test
	void rateOfALambdaThatAppliesNowhere() {
		FailureAnalysis failure = failure(this.perTenant.withPropertyValues("throttle.rates.tenant=3/min",
				"throttle.rates.anon=1/s", "throttle.defaults=anonRateThrottle"));
		assertThat(failure.getDescription()).isEqualTo(
				"The rate 'throttle.rates.tenant' belongs to the throttle 'perTenant', which applies to no handler.");
	}

	@Test
	void scopeOfALambdaWhoseRateAnotherThrottleBrings() {
		this.perTenant.withBean("tenantUsers", UserRateThrottle.class, () -> new UserRateThrottle("tenant", "3/min"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void lambdaThatCountsNobodyTellsItsScope() {
		this.runner
			.withBean("perUser", BaseThrottle.class,
					() -> (request) -> Verdict.count("exports", Client.of("member", request.user())))
			.withPropertyValues("throttle.rates.exports=3/min")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void throttleThatHoldsSomethingIsAskedAndGivesItBack() {
		Semaphore places = new Semaphore(3);
		AtomicInteger asked = new AtomicInteger();
		this.perTenant.withBean("atMostThreeAtOnce", BaseThrottle.class, () -> (request) -> {
			asked.incrementAndGet();
			return places.tryAcquire() ? Verdict.allow(places::release) : Verdict.deny();
		}).withPropertyValues("throttle.rates.tenant=3/min").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(asked).hasPositiveValue();
			assertThat(places.availablePermits()).isEqualTo(3);
		});
	}

	@Test
	void throttleThatNeedsMoreOfARequestDoesNotStopTheStart() {
		this.runner.withBean("picky", BaseThrottle.class, () -> (request) -> {
			throw new IllegalStateException("This is no request");
		}).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void throttleThatFailsWithAnErrorDoesNotStopTheStart() {
		this.runner.withBean("picky", BaseThrottle.class, () -> (request) -> {
			throw new AssertionError("This is no request");
		}).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void equalRateInCodeAndInAProperty() {
		FailureAnalysis failure = failure(
				this.runner.withBean("burst", UserRateThrottle.class, () -> new UserRateThrottle("burst", "10/s"))
					.withPropertyValues("throttle.scopes.Burst.rate=10/s"));
		assertThat(failure.getDescription()).isEqualTo(
				"The throttle 'burst' sets the rate of its scope 'burst' in its code, but the property 'throttle.scopes.Burst.rate' is set, too.");
		assertThat(failure.getAction()).isEqualTo("Remove one of them.");
	}

	@Test
	void rateInCodeAndAnotherInAProperty() {
		FailureAnalysis failure = failure(
				this.runner.withBean("burst", UserRateThrottle.class, () -> new UserRateThrottle("burst", "10/s"))
					.withPropertyValues("throttle.rates.burst=5/s"));
		assertThat(failure.getDescription()).isEqualTo(
				"The scope 'burst' has two rates: the property 'throttle.rates.burst' says '5/s', the throttle 'burst' says '10/s'.");
		assertThat(failure.getAction()).isEqualTo("Remove one of them, or give one of them another scope.");
	}

	@Configuration(proxyBeanMethods = false)
	static class PerTenant {

		@Bean
		BaseThrottle perTenant() {
			return (request) -> Verdict.count("tenant", Client.of("tenant", request.header("X-Tenant")));
		}

	}

}
