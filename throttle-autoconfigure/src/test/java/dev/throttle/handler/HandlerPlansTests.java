package dev.throttle.handler;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.AnonRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Unthrottled;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.Policy;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.ThrottlePlan.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.core.annotation.AliasFor;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HandlerPlans}.
 */
class HandlerPlansTests {

	private RateRegistry rates = new RateRegistry(
			Rates.of(Map.of("anon", "1/s", "user", "2/s", "uploads", "3/s", "down-loads", "4/s")));

	private final MockEnvironment environment = new MockEnvironment();

	private final Map<String, BaseThrottle> throttles = new LinkedHashMap<>();

	private @Nullable List<String> defaults;

	HandlerPlansTests() {
		this.throttles.put("anon", new AnonRateThrottle());
		this.throttles.put("user", new UserRateThrottle());
		this.throttles.put("scopedRateThrottle", new ScopedRateThrottle());
	}

	@Test
	void handlerThatDeclaresNothingHasTheDefaults() {
		HandlerPlans plans = plans();
		HandlerPlan plan = plans.plan(handler(new Plain(), "get"));
		assertThat(names(plan)).containsExactly("anon", "user");
		assertThat(policies(plan)).isEmpty();
		assertThat(plan).isSameAs(plans.defaultPlan());
	}

	@Test
	void namedDefaultsApplyInTheirOrder() {
		this.defaults = List.of("user", "anon");
		assertThat(names(plan(new Plain(), "get"))).containsExactly("user", "anon");
	}

	@Test
	void scopeIsAddedToTheDefaults() {
		HandlerPlan plan = plan(new OnMethod(), "uploads");
		assertThat(names(plan)).containsExactly("anon", "user", "scopedRateThrottle");
		assertThat(policies(plan)).containsExactly("uploads 3/s");
	}

	@Test
	void scopeIsCountedWhateverTheDefaultsAre() {
		this.defaults = List.of();
		assertThat(names(plan(new OnMethod(), "uploads"))).containsExactly("scopedRateThrottle");
		this.defaults = List.of("anon");
		assertThat(names(plan(new OnMethod(), "uploads"))).containsExactly("anon", "scopedRateThrottle");
	}

	@Test
	void spellingOfScopeDoesNotMatter() {
		assertThat(policies(plan(new OnMethod(), "downloads"))).containsExactly("down-loads 4/s");
	}

	@Test
	void methodIsBeforeClass() {
		assertThat(policies(plan(new OnClass(), "inherits"))).containsExactly("uploads 3/s");
		assertThat(policies(plan(new OnClass(), "declares"))).containsExactly("down-loads 4/s");
		assertThat(plan(new OnClass(), "not").isThrottled()).isFalse();
	}

	@Test
	void methodOfUnthrottledClassMayBeThrottled() {
		assertThat(plan(new UnthrottledClass(), "inherits").isThrottled()).isFalse();
		assertThat(names(plan(new UnthrottledClass(), "declares"))).containsExactly("anon", "user",
				"scopedRateThrottle");
	}

	@Test
	void metaAnnotation() {
		assertThat(policies(plan(new Meta(), "uploads"))).containsExactly("uploads 3/s");
	}

	@Test
	void metaAnnotationWithAttributes() {
		assertThat(policies(plan(new Meta(), "limited"))).containsExactly("Meta.limited 9/min");
	}

	@Test
	void metaAnnotationWithSeveral() {
		assertThat(policies(plan(new Meta(), "several"))).containsExactly("uploads 3/s", "down-loads 4/s");
	}

	@Test
	void metaAnnotationOfUnthrottled() {
		assertThat(plan(new Meta(), "free").isThrottled()).isFalse();
	}

	@Test
	void metaAnnotationOnClass() {
		assertThat(policies(plan(new MetaOnClass(), "get"))).containsExactly("uploads 3/s");
	}

	@Test
	void severalOnOneMethod() {
		assertThat(policies(plan(new OnMethod(), "both"))).containsExactly("uploads 3/s", "down-loads 4/s");
	}

	@Test
	void methodOfInterface() {
		assertThat(policies(plan(new Implementation(), "list"))).containsExactly("uploads 3/s");
	}

	@Test
	void nearestDeclarationOfMethodWins() {
		assertThat(policies(plan(new Implementation(), "overridden"))).containsExactly("down-loads 4/s");
		assertThat(plan(new Implementation(), "freed").isThrottled()).isFalse();
	}

	@Test
	void methodOfInterfaceOfSuperclass() {
		assertThat(policies(plan(new SubImplementation(), "list"))).containsExactly("uploads 3/s");
	}

	@Test
	void genericMethodOfSuperclass() {
		assertThat(policies(plan(new Sub(), "create"))).containsExactly("uploads 3/s");
		assertThat(policies(plan(new Sub(), "inherited"))).containsExactly("down-loads 4/s");
	}

	@Test
	void classOfInterfaceAndSuperclass() {
		assertThat(policies(plan(new OfThrottledInterface(), "get"))).containsExactly("uploads 3/s");
		assertThat(policies(plan(new SubOfOnClass(), "own"))).containsExactly("uploads 3/s");
		assertThat(policies(plan(new RedeclaringSub(), "own"))).containsExactly("down-loads 4/s");
		assertThat(plan(new UnthrottledSub(), "own").isThrottled()).isFalse();
	}

	@Test
	void controllerBehindProxyOfItsClass() {
		ProxyFactory factory = new ProxyFactory(new OnClass());
		factory.setProxyTargetClass(true);
		Object proxy = factory.getProxy();
		assertThat(proxy.getClass()).isNotEqualTo(OnClass.class);
		HandlerPlans plans = plans();
		HandlerPlan plan = plans.plan(handler(proxy, "declares"));
		assertThat(policies(plan)).containsExactly("down-loads 4/s");
		assertThat(plans.plan(handler(new OnClass(), "declares"))).isSameAs(plan);
	}

	@Test
	void controllerBehindProxyOfItsInterface() {
		Object proxy = new ProxyFactory(new Behind()).getProxy();
		Method method = method(Api.class, "list");
		assertThat(policies(plans().plan(new HandlerMethod(proxy, method)))).containsExactly("down-loads 4/s");
		assertThat(policies(plans().plan(new HandlerMethod(proxy, method(Api.class, "freed")))))
			.containsExactly("Behind 8/min");
	}

	@Test
	void controllersBehindProxiesOfOneInterfaceHaveTheirOwnPlans() {
		HandlerPlans plans = plans();
		Method method = method(Api.class, "list");
		assertThat(policies(plans.plan(new HandlerMethod(new ProxyFactory(new Behind()).getProxy(), method))))
			.containsExactly("down-loads 4/s");
		assertThat(policies(plans.plan(new HandlerMethod(new ProxyFactory(new Implementation()).getProxy(), method))))
			.containsExactly("uploads 3/s");
	}

	@Test
	void useReplacesTheDefaults() {
		assertThat(names(plan(new Using(), "user"))).containsExactly("user");
	}

	@Test
	void useAppliesInTheOrderOfTheThrottles() {
		assertThat(names(plan(new Using(), "userAndAnon"))).containsExactly("anon", "user");
	}

	@Test
	void useMeansExactlyThatClassWhereThereIsOne() {
		this.throttles.put("burst", new Burst());
		assertThat(names(plan(new Using(), "user"))).containsExactly("user");
	}

	@Test
	void useMeansSubclassesWhereThereIsNone() {
		this.throttles.remove("user");
		this.throttles.put("burst", new Burst());
		assertThat(names(plan(new Using(), "user"))).containsExactly("burst");
	}

	@ParameterizedTest
	@CsvSource({ "anyThrottle, dev.throttle.BaseThrottle", "anyRate, dev.throttle.SimpleRateThrottle" })
	void useOfAClassOfAllThrottlesIsRefused(String handler, String type) {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plan(new Using(), handler))
			.withMessageContaining("Using#" + handler + "() uses " + type + ", which all throttles may be. "
					+ "Name the class of one throttle, such as that of one of the throttle beans 'anon', ");
	}

	@Test
	void useOfUserThrottleWithoutItsRateNamesTheRate() {
		this.throttles.remove("user");
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plan(new Using(), "user"))
			.withMessageContaining(
					"uses dev.throttle.UserRateThrottle, but there is no throttle bean of that class: that bean exists only if 'throttle.rates.user' is set.")
			.withMessageContaining(
					"Set 'throttle.rates.user', or use the class of one of the throttle beans 'anon', 'scopedRateThrottle'.");
	}

	@Test
	void useOfInterface() {
		this.throttles.put("tenant", new MarkedThrottle());
		assertThat(names(plan(new Using(), "marked"))).containsExactly("tenant");
	}

	@Test
	void useAndScope() {
		HandlerPlan plan = plan(new Using(), "userAndScope");
		assertThat(names(plan)).containsExactly("user", "scopedRateThrottle");
		assertThat(policies(plan)).containsExactly("uploads 3/s");
	}

	@Test
	void useOfScopedThrottleAndScopeInTwoAnnotations() {
		HandlerPlan plan = plan(new Using(), "scopedApart");
		assertThat(names(plan)).containsExactly("scopedRateThrottle");
		assertThat(policies(plan)).containsExactly("uploads 3/s");
	}

	@Test
	void alsoAddsToTheDefaults() {
		this.throttles.put("burst", new Burst());
		this.defaults = List.of("user", "anon");
		assertThat(names(plan(new Adding(), "burst"))).containsExactly("user", "anon", "burst");
	}

	@Test
	void alsoOfADefaultIsRefused() {
		this.throttles.put("burst", new Burst());
		this.defaults = List.of("burst", "anon");
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plan(new Adding(), "burst"))
			.withMessageContaining("Adding#burst() adds " + Burst.class.getName() + ", which applies by default. "
					+ "Remove it from 'also', or name the other throttles in 'throttle.defaults', which then leaves it out.");
		assertThat(names(plan(new Adding(), "burstToUser"))).containsExactly("user", "burst");
	}

	@Test
	void alsoOfWhatIsUsedIsRefused() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plan(new Adding(), "userToUser"))
			.withMessageContaining("Adding#userToUser() adds " + UserRateThrottle.class.getName()
					+ ", which it uses already. Remove it from 'also'.");
	}

	@Test
	void alsoAndScope() {
		this.throttles.put("burst", new Burst());
		this.defaults = List.of("anon");
		HandlerPlan plan = plan(new Adding(), "burstAndScope");
		assertThat(names(plan)).containsExactly("anon", "burst", "scopedRateThrottle");
		assertThat(policies(plan)).containsExactly("uploads 3/s");
	}

	@Test
	void alsoAddsToWhatIsUsed() {
		this.throttles.put("burst", new Burst());
		assertThat(names(plan(new Adding(), "burstToUser"))).containsExactly("user", "burst");
		assertThat(names(plan(new Adding(), "burstToUserApart"))).containsExactly("user", "burst");
	}

	@Test
	void alsoOfScopedThrottleNeedsAScope() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plan(new Adding(), "scoped"))
			.withMessageContaining("uses ScopedRateThrottle but declares no scope");
	}

	@Test
	void alsoOfClassWithoutBeanFailsAsUseDoes() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plan(new Adding(), "burst"))
			.withMessageContaining("Adding#burst() uses " + Burst.class.getName()
					+ ", but there is no throttle bean of that class. Declare one, for example with @Component on the class");
	}

	@Test
	void useFindsThrottleBehindProxyOfItsClass() {
		ProxyFactory factory = new ProxyFactory(new Burst());
		factory.setProxyTargetClass(true);
		this.throttles.put("burst", (BaseThrottle) factory.getProxy());
		assertThat(names(plan(new Using(), "burst"))).containsExactly("burst");
		assertThat(names(plan(new Using(), "user"))).containsExactly("user");
	}

	@Test
	void useFindsThrottleBehindProxyOfItsInterface() {
		this.throttles.remove("user");
		this.throttles.put("burst", (BaseThrottle) new ProxyFactory(new Burst()).getProxy());
		assertThat(names(plan(new Using(), "burst"))).containsExactly("burst");
		assertThat(names(plan(new Using(), "user"))).containsExactly("burst");
	}

	@Test
	void scopedThrottleBehindProxyOfItsInterfaceCountsScopes() {
		this.throttles.put("scopedRateThrottle", (BaseThrottle) new ProxyFactory(new ScopedRateThrottle()).getProxy());
		assertThat(names(plan(new Plain(), "get"))).containsExactly("anon", "user");
		assertThat(names(plan(new OnMethod(), "uploads"))).containsExactly("anon", "user", "scopedRateThrottle");
	}

	@Test
	void subclassOfScopedThrottleMayCountWithoutScope() {
		this.throttles.put("scopedRateThrottle", new ScopedByTenant());
		assertThat(names(plan(new Plain(), "get"))).containsExactly("anon", "user", "scopedRateThrottle");
	}

	@Test
	void subclassOfScopedThrottleCountsScopesInItsPlace() {
		this.throttles.put("byTenant", new ScopedByTenant());
		this.defaults = List.of("byTenant");
		assertThat(names(plan(new OnMethod(), "uploads"))).containsExactly("byTenant");
	}

	@Test
	void throttleOfAnyTypeMayCountScopes() {
		this.throttles.put("scopedRateThrottle", (request) -> Verdict.deny());
		assertThat(names(plan(new OnMethod(), "uploads"))).containsExactly("anon", "user", "scopedRateThrottle");
	}

	@Test
	void scopeThatNoThrottleCountsIsRefused() {
		this.throttles.remove("scopedRateThrottle");
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plan(new OnMethod(), "uploads"))
			.withMessageContaining("the bean 'scopedRateThrottle', which should count it, is not a throttle");
	}

	@Test
	void rateWithoutScopeIsCountedUnderTheHandlersName() {
		HandlerPlan plan = plan(new OwnRate(), "get");
		assertThat(names(plan)).containsExactly("anon", "user", "scopedRateThrottle");
		assertThat(policies(plan)).containsExactly("OwnRate.get 5/min", "OwnRate.get-day 100/day");
	}

	@Test
	void rateOnClassIsSharedByItsHandlers() {
		HandlerPlans plans = plans();
		assertThat(policies(plans.plan(handler(new RateOnClass(), "one")))).containsExactly("RateOnClass 5/min");
		assertThat(policies(plans.plan(handler(new RateOnClass(), "two")))).containsExactly("RateOnClass 5/min");
	}

	@Test
	void rateBesideScope() {
		assertThat(policies(plan(new OwnRate(), "named"))).containsExactly("exports 6/hour");
	}

	@Test
	void rateBesideScopeIsRefusedWhereThePropertySaysAnother() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plan(new OwnRate(), "uploads"))
			.withMessageContaining(
					"The scope 'uploads' has two rates: the property 'throttle.rates.uploads' says '3/s', ");
		this.rates = new RateRegistry(Rates.none());
		assertThat(policies(plan(new OwnRate(), "uploads"))).containsExactly("uploads 7/hour");
	}

	@Test
	void handlersWithDifferentRatesForOneScopeAreRefused() {
		HandlerPlans plans = plans();
		plans.plan(handler(new OwnRate(), "named"));
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> plans.plan(handler(new OwnRate(), "namedTwice")))
			.withMessageContaining("The scope 'exports' has two rates: @Throttle on ")
			.withMessageContaining("OwnRate#named() says '6/hour'")
			.withMessageContaining("OwnRate#namedTwice() says '6/hour, 9/day'");
	}

	@Test
	void placeholdersInScopeAndRate() {
		this.environment.setProperty("my.scope", "uploads");
		assertThat(policies(plan(new Placeholders(), "scope"))).containsExactly("uploads 3/s");
		assertThat(policies(plan(new Placeholders(), "rate"))).containsExactly("Placeholders.rate 9/day");
	}

	@Test
	void placeholderInRateIsThePropertysValue() {
		this.environment.setProperty("my.rate", "8/day");
		assertThat(policies(plan(new Placeholders(), "rate"))).containsExactly("Placeholders.rate 8/day");
	}

	@Test
	void ratesThatWereReplacedCount() {
		HandlerPlan plan = plan(new OnMethod(), "uploads");
		this.rates.update((rates) -> rates.with(Scope.of("uploads"), List.of(Rate.parse("30/s"))));
		assertThat(policies(plan)).containsExactly("uploads 30/s");
	}

	@Test
	void planIsWorkedOutOncePerHandler() {
		HandlerPlans plans = plans();
		HandlerPlan plan = plans.plan(handler(new OnMethod(), "uploads"));
		assertThat(plans.plan(handler(new OnMethod(), "uploads"))).isSameAs(plan);
		assertThat(plans.plan(handler(new OnMethod(), "uploads").createWithResolvedBean())).isSameAs(plan);
		assertThat(plans.plan(handler(new OnMethod(), "downloads"))).isNotSameAs(plan);
	}

	@Test
	void methodThatTwoControllersInheritHasAPlanForEach() {
		HandlerPlans plans = plans();
		assertThat(policies(plans.plan(handler(new SubOfOnClass(), "inherits")))).containsExactly("uploads 3/s");
		assertThat(policies(plans.plan(handler(new RedeclaringSub(), "inherits")))).containsExactly("down-loads 4/s");
	}

	private HandlerPlans plans() {
		ThrottleRegistry registry = new ThrottleRegistry(this.throttles,
				Map.of("cacheBackend", MemoryCacheBackend.builder().build()), null, this.defaults);
		return new HandlerPlans(registry, this.rates, this.environment::resolveRequiredPlaceholders);
	}

	private HandlerPlan plan(Object controller, String method) {
		return plans().plan(handler(controller, method));
	}

	private List<String> policies(HandlerPlan plan) {
		return plan.scopes()
			.stream()
			.flatMap((scope) -> this.rates.rates().policies(scope).stream())
			.map(HandlerPlansTests::text)
			.toList();
	}

	private static String text(Policy policy) {
		return policy.name() + " " + policy.rate();
	}

	private static List<String> names(HandlerPlan plan) {
		return plan.throttles().steps().stream().map(Step::name).toList();
	}

	private static HandlerMethod handler(Object controller, String name) {
		Class<?> type = controller.getClass().getName().contains("$$") ? controller.getClass().getSuperclass()
				: controller.getClass();
		return new HandlerMethod(controller, method(type, name));
	}

	private static Method method(Class<?> type, String name) {
		for (Class<?> each = type; each != null; each = each.getSuperclass()) {
			for (Method method : each.getDeclaredMethods()) {
				if (method.getName().equals(name) && !method.isBridge()) {
					return method;
				}
			}
		}
		throw new IllegalArgumentException(name + " of " + Arrays.toString(type.getMethods()));
	}

	static class Plain {

		void get() {
		}

	}

	static class OnMethod {

		@Throttle(scope = "uploads")
		void uploads() {
		}

		@Throttle(scope = "DOWN_LOADS")
		void downloads() {
		}

		@Throttle(scope = "uploads")
		@Throttle(scope = "downloads")
		void both() {
		}

	}

	@Throttle(scope = "uploads")
	static class OnClass {

		void inherits() {
		}

		@Throttle(scope = "downloads")
		void declares() {
		}

		@Unthrottled
		void not() {
		}

	}

	static class SubOfOnClass extends OnClass {

		void own() {
		}

	}

	@Throttle(scope = "downloads")
	static class RedeclaringSub extends OnClass {

		void own() {
		}

	}

	@Unthrottled
	static class UnthrottledSub extends OnClass {

		void own() {
		}

	}

	@Unthrottled
	static class UnthrottledClass {

		void inherits() {
		}

		@Throttle(scope = "uploads")
		void declares() {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Target({ ElementType.METHOD, ElementType.TYPE })
	@Throttle(scope = "uploads")
	@interface Uploads {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Target(ElementType.METHOD)
	@Throttle
	@interface Limited {

		@AliasFor(annotation = Throttle.class, attribute = "rate")
		String to();

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Target(ElementType.METHOD)
	@Throttle(scope = "uploads")
	@Throttle(scope = "downloads")
	@interface Several {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Target(ElementType.METHOD)
	@Unthrottled
	@interface Free {

	}

	static class Meta {

		@Uploads
		void uploads() {
		}

		@Limited(to = "9/min")
		void limited() {
		}

		@Several
		void several() {
		}

		@Free
		void free() {
		}

	}

	@Uploads
	static class MetaOnClass {

		void get() {
		}

	}

	interface Api {

		@Throttle(scope = "uploads")
		void list();

		@Throttle(scope = "uploads")
		void overridden();

		void freed();

	}

	static class Implementation implements Api {

		@Override
		public void list() {
		}

		@Override
		@Throttle(scope = "downloads")
		public void overridden() {
		}

		@Override
		@Unthrottled
		public void freed() {
		}

	}

	static class SubImplementation extends Implementation {

		@Override
		public void list() {
		}

	}

	@Throttle(rate = "8/min")
	static class Behind implements Api {

		@Override
		@Throttle(scope = "downloads")
		public void list() {
		}

		@Override
		public void overridden() {
		}

		@Override
		public void freed() {
		}

	}

	abstract static class Base<T> {

		@Throttle(scope = "uploads")
		void create(T body) {
		}

		@Throttle(scope = "downloads")
		void inherited(T body) {
		}

	}

	static class Sub extends Base<String> {

		@Override
		void create(String body) {
		}

	}

	@Throttle(scope = "uploads")
	interface ThrottledInterface {

	}

	static class OfThrottledInterface implements ThrottledInterface {

		void get() {
		}

	}

	static class Using {

		@Throttle(use = UserRateThrottle.class)
		void user() {
		}

		@Throttle(use = { UserRateThrottle.class, AnonRateThrottle.class })
		void userAndAnon() {
		}

		@Throttle(use = Burst.class)
		void burst() {
		}

		@Throttle(use = BaseThrottle.class)
		void anyThrottle() {
		}

		@Throttle(also = SimpleRateThrottle.class)
		void anyRate() {
		}

		@Throttle(use = MarkedThrottle.class)
		void marked() {
		}

		@Throttle(use = UserRateThrottle.class, scope = "uploads")
		void userAndScope() {
		}

		@Throttle(use = ScopedRateThrottle.class)
		@Throttle(scope = "uploads")
		void scopedApart() {
		}

	}

	static class Adding {

		@Throttle(also = Burst.class)
		void burst() {
		}

		@Throttle(also = Burst.class, scope = "uploads")
		void burstAndScope() {
		}

		@Throttle(use = UserRateThrottle.class, also = Burst.class)
		void burstToUser() {
		}

		@Throttle(use = UserRateThrottle.class)
		@Throttle(also = Burst.class)
		void burstToUserApart() {
		}

		@Throttle(use = UserRateThrottle.class, also = UserRateThrottle.class)
		void userToUser() {
		}

		@Throttle(also = ScopedRateThrottle.class)
		void scoped() {
		}

	}

	static class OwnRate {

		@Throttle(rate = "5/min, 100/day")
		void get() {
		}

		@Throttle(scope = "exports", rate = "6/hour")
		void named() {
		}

		@Throttle(scope = "exports", rate = "6/hour, 9/day")
		void namedTwice() {
		}

		@Throttle(scope = "uploads", rate = "7/hour")
		void uploads() {
		}

	}

	@Throttle(rate = "5/min")
	static class RateOnClass {

		void one() {
		}

		void two() {
		}

	}

	static class Placeholders {

		@Throttle(scope = "${my.scope}")
		void scope() {
		}

		@Throttle(rate = "${my.rate:9/day}")
		void rate() {
		}

	}

	static class Burst extends UserRateThrottle {

		Burst() {
			super("burst", "3/s");
		}

	}

	static class ScopedByTenant extends ScopedRateThrottle {

	}

	static class MarkedThrottle implements BaseThrottle {

		@Override
		public Verdict check(ThrottleRequest request) {
			return Verdict.allow();
		}

	}

}
