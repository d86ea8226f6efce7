package dev.throttle.method;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.throttle.ScopedRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.autoconfigure.WebApplications;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the start says of {@link Throttle @Throttle} on methods of beans.
 */
class MethodStartTests {

	private static final String PACKAGE = MethodStartTests.class.getName() + "$";

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class))
		.withPropertyValues("throttle.rates.sms=3/hour");

	private final ApplicationContextRunner runner = this.bare
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class));

	@Test
	void applicationWithoutAop() {
		assertRefused(this.bare, Good.class, "There is @Throttle on " + PACKAGE
				+ "Good#send(String), which does not handle requests, but the application has no Spring AOP, so its calls cannot be intercepted. "
				+ "Remove 'spring.aop.auto' and 'spring.aop.proxy-target-class' if they are 'false', or add @EnableAspectJAutoProxy with the dependency 'org.aspectj:aspectjweaver', or ask RateLimiters in the code.");
		assertRefused(this.runner.withPropertyValues("spring.aop.auto=false"), Good.class,
				"the application has no Spring AOP");
		this.runner.withBean(Good.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void methodThatCannotBeIntercepted() {
		String action = ", so its calls cannot be intercepted. Put it on a public method of a bean that is neither static nor final, in a class that is not final (in Kotlin: open, or with the compiler plugin 'spring'), or ask RateLimiters in the code.";
		assertRefused(this.runner, OfPackage.class,
				"@Throttle on " + PACKAGE + "OfPackage#send() has no effect: the method is not public" + action);
		assertRefused(this.runner, OfItself.class, "OfItself#send() has no effect: the method is not public" + action);
		assertRefused(this.runner, OfTheClass.class, "OfTheClass#send() has no effect: the method is static" + action);
		assertRefused(this.runner, FinalMethod.class, "FinalMethod#send() has no effect: the method is final" + action);
		assertRefused(this.runner, FinalClass.class,
				"FinalClass#send() has no effect: the class " + PACKAGE + "FinalClass is final" + action);
		assertRefused(this.runner, FinalPart.class, "@Throttle on " + PACKAGE + "FinalPart has no effect on " + PACKAGE
				+ "FinalPart#second(): the method is final" + action);
	}

	@Test
	void finalSubclassOfALimitedClass() {
		assertRefused(this.runner, FinalSubclass.class, "the class " + PACKAGE + "FinalSubclass is final");
	}

	@Test
	void classWithoutPublicMethods() {
		assertRefused(this.runner, NoMethods.class, "@Throttle on " + PACKAGE + "NoMethods has no effect");
	}

	@Test
	void beanMethod() {
		this.runner.withUserConfiguration(Beans.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("Beans#text() has no effect: the method does not handle requests."));
	}

	@Test
	void scopeWithoutARate() {
		assertRefused(this.runner, NoRate.class, "@Throttle on " + PACKAGE
				+ "NoRate#send() declares the scope 'smms', but there is no rate for it (did you mean 'sms'?).");
	}

	@Test
	void annotationWithoutAScope() {
		assertRefused(this.runner, NoScope.class, "@Throttle on " + PACKAGE
				+ "NoScope#send(String) declares neither a scope nor a rate, so it has no effect. Add one, as in @Throttle(scope = \"sms\", key = \"#phone\").");
	}

	@Test
	void throttlesOfHandlers() {
		String message = " names throttles with 'use' or 'also', but the method does not handle requests. Declare a scope or a rate instead, as in @Throttle(scope = \"sms\", key = \"#phone\").";
		assertRefused(this.runner, Uses.class, "@Throttle on " + PACKAGE + "Uses#send()" + message);
		assertRefused(this.runner, Adds.class, "@Throttle on " + PACKAGE + "Adds#send()" + message);
	}

	@Test
	void sameLimitTwice() {
		assertRefused(this.runner, Twice.class,
				"Two @Throttle on " + PACKAGE + "Twice#send(String) have the same scope");
	}

	@Test
	void unknownParameter() {
		assertRefused(this.runner, UnknownParameter.class, "@Throttle on " + PACKAGE
				+ "UnknownParameter#send(String, int) has the key '#fone', but the method has no parameter 'fone' (did you mean 'phone'?). Write one of '#parts', '#phone'.");
		assertRefused(this.runner, UnknownNested.class, "the method has no parameter 'other'");
	}

	@Test
	void parameterWithoutItsSign() {
		assertRefused(this.runner, NoSign.class, "@Throttle on " + PACKAGE
				+ "NoSign#send(String) has the key 'phone', in which 'phone' belongs to nothing. Write '#' before the name of a parameter, as in '#phone'.");
	}

	@Test
	void expressionThatCannotBeParsed() {
		assertRefused(this.runner, BadSyntax.class,
				"BadSyntax#send(String) has the key '#phone +', which is not an expression: ");
	}

	@Test
	void costThatIsNotANumberOfParameters() {
		assertRefused(this.runner, BadCost.class,
				"BadCost#send(int) has the cost '#part', but the method has no parameter 'part' (did you mean 'parts'?).");
		assertRefused(this.runner, HighCost.class,
				"HighCost#send() declares the cost 4 for the scope 'sms', which has the rate '3/hour', so every call would be denied. Lower the cost, or raise the limit of the rate.");
		assertRefused(this.runner, ZeroCost.class,
				"ZeroCost#send() declares the cost '0', which is not a positive whole number.");
	}

	@Test
	void costAboveTheLimitOfAPlan() {
		assertRefused(
				this.runner.withPropertyValues("throttle.rates.sms=10/hour", "throttle.plans.free.rates.sms=3/hour",
						"throttle.plans.free.clients=user:ada"),
				HighCost.class,
				"HighCost#send() declares the cost 4 for the scope 'sms', which has the rate '3/hour' "
						+ "in the plan 'free', so every call of that plan would be denied. "
						+ "Lower the cost, or raise the limit in 'throttle.plans.free.rates.sms'.");
	}

	@Test
	void expressionsOfManyKinds() {
		this.runner.withBean(ManyKinds.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void keyOfAHandler() {
		WebApplications.full()
			.withBean(KeyController.class)
			.withPropertyValues("throttle.rates.sms=3/hour")
			.run((context) -> assertThat(context).getFailure()
				.hasMessage("@Throttle on " + PACKAGE
						+ "KeyController#get(String) declares a key, but handlers count the user or the address. Remove the key. To count by something else, declare a throttle that returns that client, or put @Throttle on a method that the handler calls."));
	}

	@Test
	void handlersAreNotIntercepted() {
		WebApplications.full()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
			.withBean(PlainController.class)
			.withBean(ClassController.class)
			.withPropertyValues("throttle.rates.sms=3/hour")
			.run((context) -> {
				assertThat(AopUtils.isAopProxy(context.getBean(PlainController.class))).isFalse();
				assertThat(AopUtils.isAopProxy(context.getBean(ClassController.class))).isFalse();
			});
	}

	@Test
	void controllerOfAnApplicationWithoutAWebServer() {
		assertRefused(this.runner, KeyController.class, "@Throttle on " + PACKAGE
				+ "KeyController#get(String) has no effect: no controller of a web application has the method. Use Spring MVC or WebFlux and make the class a controller, or remove the annotation.");
	}

	@Test
	void exemptionOfAMethod() {
		WebApplications.full()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
			.withBean(Exempted.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("@Unthrottled on " + PACKAGE + "Exempted#send() has no effect"));
	}

	@Test
	void beanThatIsCreatedTooEarly() {
		this.runner.withUserConfiguration(EarlyBeans.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessage("There is @Throttle on " + PACKAGE
						+ "Good#send(String), but the bean 'good' is not behind a proxy that intercepts its calls. If it is needed by a BeanPostProcessor or an Advisor, which are created before, inject it there with @Lazy. Otherwise ask RateLimiters in the code."));
	}

	@Test
	void mockIsLeftAlone() {
		this.runner
			.withInitializer((context) -> context.getBeanFactory().registerSingleton("good", Mockito.mock(Good.class)))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void lazyBeanIsCheckedToo() {
		this.runner.withBean("lazy", UnknownParameter.class, () -> {
			throw new AssertionError("created");
		}, (definition) -> definition.setLazyInit(true))
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("'#fone'"));
	}

	private static void assertRefused(ApplicationContextRunner runner, Class<?> bean, String message) {
		runner.withBean(bean)
			.run((AssertableApplicationContext context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining(message));
	}

	static class Good {

		@Throttle(scope = "sms", key = "#phone")
		public void send(String phone) {
		}

	}

	static class OfPackage {

		@Throttle(scope = "sms")
		void send() {
		}

	}

	static class OfItself {

		@Throttle(scope = "sms")
		private void send() {
		}

		@Override
		public String toString() {
			send();
			return "";
		}

	}

	static class OfTheClass {

		@Throttle(scope = "sms")
		public static void send() {
		}

	}

	static class FinalMethod {

		@Throttle(scope = "sms")
		public final void send() {
		}

	}

	static final class FinalClass {

		@Throttle(scope = "sms")
		public void send() {
		}

	}

	@Throttle(scope = "sms")
	static class FinalPart {

		public void first() {
		}

		public final void second() {
		}

	}

	static final class FinalSubclass extends Good {

	}

	@Throttle(scope = "sms")
	static class NoMethods {

		void send() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		@Throttle(scope = "sms")
		public String text() {
			return "";
		}

	}

	static class NoRate {

		@Throttle(scope = "smms")
		public void send() {
		}

	}

	static class NoScope {

		@Throttle(key = "#phone")
		public void send(String phone) {
		}

	}

	static class Uses {

		@Throttle(scope = "sms", use = ScopedRateThrottle.class)
		public void send() {
		}

	}

	static class Adds {

		@Throttle(scope = "sms", also = ScopedRateThrottle.class)
		public void send() {
		}

	}

	static class Twice {

		@Throttle(scope = "sms", key = "#phone")
		@Throttle(scope = "SMS", key = "#phone")
		public void send(String phone) {
		}

	}

	static class UnknownParameter {

		@Throttle(scope = "sms", key = "#fone")
		public void send(String phone, int parts) {
		}

	}

	static class UnknownNested {

		@Throttle(scope = "sms", key = "#phone.concat(#other ?: 'none')")
		public void send(String phone) {
		}

	}

	static class NoSign {

		@Throttle(scope = "sms", key = "phone")
		public void send(String phone) {
		}

	}

	static class BadSyntax {

		@Throttle(scope = "sms", key = "#phone +")
		public void send(String phone) {
		}

	}

	static class BadCost {

		@Throttle(scope = "sms", costString = "#part")
		public void send(int parts) {
		}

	}

	static class HighCost {

		@Throttle(scope = "sms", costString = "${sms.cost:4}")
		public void send() {
		}

	}

	static class ZeroCost {

		@Throttle(scope = "sms", cost = 0)
		public void send() {
		}

	}

	static class ManyKinds {

		@Throttle(scope = "sms", key = "#phones.![toLowerCase()].?[length() > 2].get(0) + #p1 + #a1")
		public void one(List<String> phones, String other) {
		}

		@Throttle(scope = "sms",
				key = "#by[phone] + {#by.size(), 'x'} + new String(#by.toString()) + (#by == null ? 1 : 2)",
				costString = "T(Math).max(1, #by.size())")
		public CompletableFuture<Void> two(Map<String, String> by) {
			return CompletableFuture.completedFuture(null);
		}

	}

	@RestController
	static class KeyController {

		@GetMapping("/key")
		@Throttle(scope = "sms", key = "#phone")
		public String get(String phone) {
			return phone;
		}

	}

	interface Api {

		@GetMapping("/plain")
		@Throttle(scope = "sms")
		String get();

	}

	@RestController
	static class PlainController implements Api {

		@Override
		public String get() {
			return "";
		}

	}

	@RestController
	@Throttle(scope = "sms")
	static class ClassController {

		@GetMapping("/class")
		public String get() {
			return "";
		}

		public void other() {
		}

	}

	static class Exempted {

		@Unthrottled
		public void send() {
		}

	}

	static class Processor implements BeanPostProcessor, Ordered {

		@Override
		public int getOrder() {
			return 0;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyBeans {

		@Bean
		static Processor processor(Good good) {
			return new Processor();
		}

		@Bean
		static Good good() {
			return new Good();
		}

	}

}
