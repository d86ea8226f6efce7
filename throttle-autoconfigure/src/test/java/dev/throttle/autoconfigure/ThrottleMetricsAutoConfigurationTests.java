package dev.throttle.autoconfigure;

import java.util.Map;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Verdict;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.metrics.DecisionMetrics;
import dev.throttle.metrics.MemoryMetrics;
import dev.throttle.metrics.RemoteMetrics;
import dev.throttle.test.MockThrottleRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottleMetricsAutoConfiguration}.
 */
class ThrottleMetricsAutoConfigurationTests {

	private final ApplicationContextRunner withoutRegistry = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ThrottleAutoConfiguration.class, ThrottleMetricsAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.withoutRegistry.withBean(SimpleMeterRegistry.class);

	@Test
	void measuresWhereThereIsARegistry() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(DecisionMetrics.class)
			.hasSingleBean(MemoryMetrics.class)
			.hasSingleBean(RemoteMetrics.class));
	}

	@Test
	void measuresNothingWithoutARegistry() {
		this.withoutRegistry.run(ThrottleMetricsAutoConfigurationTests::assertNothing);
	}

	@Test
	void measuresNothingWithoutMicrometer() {
		this.withoutRegistry.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run(ThrottleMetricsAutoConfigurationTests::assertNothing);
	}

	@Test
	void measuresNoBackendWhereThrottlingIsOff() {
		this.runner.withPropertyValues("throttle.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed();
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			context.getBeansOfType(MeterBinder.class).values().forEach((binder) -> binder.bindTo(registry));
			assertThat(registry.getMeters()).extracting((meter) -> meter.getId().getName())
				.containsOnly("throttle.wait", "throttle.plans.unresolved");
		});
	}

	@Test
	void measuresTheSameWithoutRedis() {
		this.runner.withClassLoader(new FilteredClassLoader("io.lettuce", "dev.throttle.backend.redis"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(DecisionMetrics.class)
				.hasSingleBean(MemoryMetrics.class)
				.hasSingleBean(RemoteMetrics.class));
	}

	@Test
	void lambdaThatCountsButDoesNotApplyCountsNothing() {
		WebApplications.small()
			.withConfiguration(AutoConfigurations.of(ThrottleMetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.withBean("perTenant", BaseThrottle.class,
					() -> (request) -> Verdict.count("tenant", Client.of("tenant", request.header("X-Tenant"))))
			.withBean("open", BaseThrottle.class, () -> (request) -> Verdict.allow())
			.withPropertyValues("throttle.rates.tenant=1/min")
			.run((context) -> {
				AppliedThrottles throttles = new AppliedThrottles(context.getBean(ThrottleRegistry.class).defaults());
				context.getBean(ThrottleEngine.class).decide(new MockThrottleRequest(), throttles);
				assertThat(context.getBean(MeterRegistry.class).get("throttle.decisions").counters()).singleElement()
					.satisfies((counter) -> assertThat(counter.getId().getTag("throttle")).isEqualTo("open"));
			});
	}

	@Test
	void applicationsOwnBeanIsTaken() {
		MemoryMetrics own = new MemoryMetrics(Map.of());
		this.runner.withBean("own", MemoryMetrics.class, () -> own)
			.run((context) -> assertThat(context).getBean(MemoryMetrics.class).isSameAs(own));
	}

	@Test
	void beanOfTheSameNameSwitchesTheCountersOff() {
		this.runner.withBean("throttleDecisionMetrics", StringBuilder.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DecisionMetrics.class));
	}

	private static void assertNothing(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed()
			.doesNotHaveBean("throttleDecisionMetrics")
			.doesNotHaveBean("throttleMemoryMetrics")
			.doesNotHaveBean("throttleRemoteMetrics");
	}

}
