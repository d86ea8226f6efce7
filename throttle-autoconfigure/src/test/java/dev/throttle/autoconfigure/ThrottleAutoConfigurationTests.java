package dev.throttle.autoconfigure;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;

import dev.throttle.AnonRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottleAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThrottleAutoConfigurationTests {

	private static final String[] RATES = { "throttle.rates.anon=1/s", "throttle.rates.user=2/s" };

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class))
		.withBean(WebConfiguration.HANDLER_REPORT, Object.class);

	@Test
	void throttlesOfTheFrameworkExistWhereTheirRateDoes() {
		this.runner.run((context) -> {
			assertThat(names(context)).containsExactly("scopedRateThrottle");
			assertThat(context.getBeansOfType(BaseThrottle.class)).containsOnlyKeys("scopedRateThrottle");
			assertThat(context).hasSingleBean(MemoryCacheBackend.class);
		});
		this.runner.withPropertyValues("throttle.rates.anon=1/s")
			.run((context) -> assertThat(names(context)).containsExactlyInAnyOrder("anonRateThrottle",
					"scopedRateThrottle"));
		this.runner.withPropertyValues("throttle.rates.user=1/s")
			.run((context) -> assertThat(names(context)).containsExactlyInAnyOrder("userRateThrottle",
					"scopedRateThrottle"));
	}

	@Test
	void throttleOfTheFrameworkIsInjectedWhereItsRateIsAndNoWhereElse() {
		this.runner.withBean(Injected.class)
			.run((context) -> assertThat(context.getBean(Injected.class).anon.getIfAvailable()).isNull());
		this.runner.withBean(Injected.class)
			.withPropertyValues("throttle.rates.anon=1/s")
			.run((context) -> assertThat(context.getBean(Injected.class).anon.getIfAvailable())
				.isSameAs(context.getBean("anonRateThrottle")));
		AnonRateThrottle own = new AnonRateThrottle("burst", "1/s");
		this.runner.withBean(Injected.class)
			.withBean("burst", AnonRateThrottle.class, () -> own)
			.run((context) -> assertThat(context.getBean(Injected.class).anon.getIfAvailable()).isSameAs(own));
	}

	@Test
	void switchedOffEverythingIsThereAndLimitsNothing(CapturedOutput output) {
		this.runner.withPropertyValues(RATES).withPropertyValues("throttle.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed()
				.hasSingleBean(RateRegistry.class)
				.hasSingleBean(CacheBackend.class)
				.hasSingleBean(AnonRateThrottle.class);
			assertThat(names(context)).isEmpty();
			context.getBean(RateRegistry.class).override("anon", "2/s", Duration.ofHours(1));
			BaseThrottle denying = (request) -> Verdict.deny();
			AppliedThrottles throttles = new AppliedThrottles(
					List.of(new Step("denying", denying, context.getBean(CacheBackend.class))));
			assertThat(context.getBean(ThrottleEngine.class).decide(new MockThrottleRequest(), throttles).isAllowed())
				.isTrue();
		});
		assertThat(output).containsOnlyOnce("Throttling is off: 'throttle.enabled' is 'false'");
	}

	@Test
	void switchedOffNothingThatLimitsNeedIsLookedAt(CapturedOutput output) {
		this.runner
			.withPropertyValues("throttle.enabled=false", "throttle.rates.user=${user.rate}", "throttle.rates.anon=1/s",
					"throttle.defaults=misspelt", "throttle.backend=redis", "throttle.memory.max-clients=0")
			.withBean("unused", CacheBackend.class, () -> MemoryCacheBackend.builder().build())
			.withBean("lost", LostBackendThrottle.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(RateRegistry.class).rates().asMap()).isEmpty();
			});
		assertThat(output)
			.contains("Ignoring all rates because throttling is off. If it were on, the application would not start: "
					+ "The property 'throttle.rates.user' has a placeholder that cannot be resolved: '${user.rate}'.");
	}

	@Test
	void throttleOfAnyTypeReplacesTheOneWithItsName() {
		for (String name : List.of("anonRateThrottle", "userRateThrottle", "scopedRateThrottle")) {
			this.runner.withPropertyValues(RATES)
				.withBean(name, BaseThrottle.class, () -> (request) -> Verdict.deny())
				.run((context) -> assertThat(context.getBean(name)).isNotInstanceOfAny(AnonRateThrottle.class,
						UserRateThrottle.class));
		}
	}

	@Test
	void backendReplacesTheOneWithItsName() {
		this.runner.withBean("cacheBackend", StartupFailureTests.SharedBackend.class)
			.run((context) -> assertThat(context).hasSingleBean(CacheBackend.class)
				.doesNotHaveBean(MemoryCacheBackend.class)
				.hasNotFailed());
	}

	@Test
	void subclassUnderAnotherNameComesBesideTheThrottleOfTheFramework() {
		this.runner.withPropertyValues(RATES)
			.withBean("burst", BurstRateThrottle.class)
			.run((context) -> assertThat(names(context)).containsExactlyInAnyOrder("burst", "anonRateThrottle",
					"userRateThrottle", "scopedRateThrottle"));
	}

	@Test
	void registryAndEngineAndRatesBackOff() {
		RateRegistry rates = new RateRegistry(Rates.none());
		this.runner.withBean("myRates", RateRegistry.class, () -> rates)
			.run((context) -> assertThat(context.getBean(RateRegistry.class)).isSameAs(rates));
	}

	@Test
	void throttlesAreAskedInOrder() {
		this.runner.withPropertyValues("throttle.rates.anon=1/s")
			.withUserConfiguration(OrderedThrottles.class)
			.run((context) -> assertThat(names(context)).containsExactly("byInterface", "byMethod", "byClass",
					"byProxy", "anonRateThrottle", "scopedRateThrottle"));
	}

	@Test
	void defaultsAreThoseThatAreNamed() {
		this.runner.withPropertyValues(RATES)
			.withPropertyValues("throttle.defaults=userRateThrottle,burst,userRateThrottle")
			.withBean("burst", BurstRateThrottle.class)
			.run((context) -> assertThat(context.getBean(ThrottleRegistry.class).defaults()).extracting(Step::name)
				.containsExactly("userRateThrottle", "burst"));
		this.runner.withPropertyValues(RATES)
			.withPropertyValues("throttle.defaults=")
			.run((context) -> assertThat(context.getBean(ThrottleRegistry.class).defaults()).isEmpty());
	}

	@Test
	void throttlesOfParentContextApply() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext()) {
			parent.registerBean("burst", BurstRateThrottle.class);
			parent.refresh();
			this.runner.withParent(parent)
				.run((context) -> assertThat(names(context)).contains("burst", "scopedRateThrottle"));
		}
	}

	@Test
	void throttlesOfChildContextApplyWhereItsParentThrottlesToo() {
		this.runner.withPropertyValues(RATES)
			.run((parent) -> this.runner.withParent(parent)
				.withBean("burst", BurstRateThrottle.class)
				.run((context) -> assertThat(names(context)).containsExactlyInAnyOrder("burst", "anonRateThrottle",
						"userRateThrottle", "scopedRateThrottle")));
	}

	@Test
	void throttleOfPrototypeScopeApplies() {
		this.runner
			.withBean("burst", BurstRateThrottle.class, BurstRateThrottle::new,
					(definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
			.run((context) -> assertThat(names(context)).containsOnlyOnce("burst"));
	}

	@Test
	void throttleOfNarrowScopeAppliesThroughItsProxy() {
		this.runner
			.withInitializer((context) -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
			.withUserConfiguration(NarrowScope.class)
			.run((context) -> assertThat(names(context)).containsExactlyInAnyOrder("narrow", "scopedRateThrottle"));
	}

	@Test
	void throttleOfFactoryBeanApplies() {
		this.runner.withBean("made", ThrottleFactory.class)
			.run((context) -> assertThat(names(context)).contains("made"));
	}

	@Test
	void throttlesNameTheirBackends() {
		this.runner.withBean("other", CacheBackend.class, () -> MemoryCacheBackend.builder().build())
			.withBean("burst", OtherBackendThrottle.class)
			.run((context) -> {
				List<Step> steps = List.copyOf(context.getBean(ThrottleRegistry.class).all());
				assertThat(steps).filteredOn((step) -> step.name().equals("burst"))
					.singleElement()
					.extracting(Step::backend)
					.isSameAs(context.getBean("other"));
				assertThat(steps).filteredOn((step) -> step.name().equals("scopedRateThrottle"))
					.singleElement()
					.extracting(Step::backend)
					.isSameAs(context.getBean("cacheBackend"));
			});
	}

	private static List<String> names(ApplicationContext context) {
		return context.getBean(ThrottleRegistry.class).all().stream().map(Step::name).toList();
	}

	static class BurstRateThrottle extends UserRateThrottle {

		BurstRateThrottle() {
			super("burst", "3/s");
		}

	}

	static class LostBackendThrottle extends BurstRateThrottle {

		@Override
		public String backend() {
			return "lost";
		}

	}

	record Injected(ObjectProvider<AnonRateThrottle> anon) {
	}

	static class OtherBackendThrottle extends BurstRateThrottle {

		@Override
		public String backend() {
			return "other";
		}

	}

	static class ThrottleFactory implements FactoryBean<BaseThrottle> {

		@Override
		public BaseThrottle getObject() {
			return (request) -> Verdict.allow();
		}

		@Override
		public Class<?> getObjectType() {
			return BaseThrottle.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NarrowScope {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		BurstRateThrottle narrow() {
			return new BurstRateThrottle();
		}

	}

	@Order(3)
	static class OrderedByClass implements BaseThrottle {

		@Override
		public Verdict check(ThrottleRequest request) {
			return Verdict.deny(Duration.ofSeconds(1));
		}

	}

	static class OrderedByInterface extends OrderedByClass implements Ordered {

		@Override
		public int getOrder() {
			return 1;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrderedThrottles {

		@Bean
		@Order(4)
		BaseThrottle byProxy() {
			return (BaseThrottle) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { BaseThrottle.class }, (proxy, method, arguments) -> switch (method.getName()) {
						case "scopes", "policies" -> List.of();
						case "secretIdents", "equals" -> false;
						case "hashCode" -> 1;
						default -> null;
					});
		}

		@Bean
		OrderedByClass byClass() {
			return new OrderedByClass();
		}

		@Bean
		@Order(2)
		OrderedByClass byMethod() {
			return new OrderedByClass();
		}

		@Bean
		OrderedByInterface byInterface() {
			return new OrderedByInterface();
		}

	}

}
