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
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
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
 * Tests for {@link ThrottledHandlers}.
 */
class ThrottledHandlersTests {

	private RateRegistry rates = new RateRegistry(
			Rates.of(Map.of("anon", "1/s", "user", "2/s", "uploads", "3/s", "down-loads", "4/s")));

	private final MockEnvironment environment = new MockEnvironment();

	private final Map<String, BaseThrottle> throttles = new LinkedHashMap<>();

	private @Nullable List<String> defaults;

	ThrottledHandlersTests() {
		this.throttles.put("anon", new AnonRateThrottle());
		this.throttles.put("user", new UserRateThrottle());
		this.throttles.put("scopedRateThrottle", new ScopedRateThrottle());
	}

	@Test
	void handlerThatDeclaresNothingHasTheDefaults() {
		ThrottledHandlers handlers = handlers();
		HandlerThrottles applied = handlers.throttles(handler(new Plain(), "get"));
		assertThat(names(applied)).containsExactly("anon", "user");
		assertThat(policies(applied)).isEmpty();
		assertThat(applied).isSameAs(handlers.defaultThrottles());
	}

	@Test
	void namedDefaultsApplyInTheirOrder() {
		this.defaults = List.of("user", "anon");
		assertThat(names(applied(new Plain(), "get"))).containsExactly("user", "anon");
	}

	@Test
	void scopeIsAddedToTheDefaults() {
		HandlerThrottles applied = applied(new OnMethod(), "uploads");
		assertThat(names(applied)).containsExactly("anon", "user", "scopedRateThrottle");
		assertThat(policies(applied)).containsExactly("uploads 3/s");
	}

	@Test
	void scopeIsCountedWhateverTheDefaultsAre() {
		this.defaults = List.of();
		assertThat(names(applied(new OnMethod(), "uploads"))).containsExactly("scopedRateThrottle");
		this.defaults = List.of("anon");
		assertThat(names(applied(new OnMethod(), "uploads"))).containsExactly("anon", "scopedRateThrottle");
	}

	@Test
	void spellingOfScopeDoesNotMatter() {
		assertThat(policies(applied(new OnMethod(), "downloads"))).containsExactly("down-loads 4/s");
	}

	@Test
	void methodIsBeforeClass() {
		assertThat(policies(applied(new OnClass(), "inherits"))).containsExactly("uploads 3/s");
		assertThat(policies(applied(new OnClass(), "declares"))).containsExactly("down-loads 4/s");
		assertThat(applied(new OnClass(), "not").isThrottled()).isFalse();
	}

	@Test
	void methodOfUnthrottledClassMayBeThrottled() {
		assertThat(applied(new UnthrottledClass(), "inherits").isThrottled()).isFalse();
		assertThat(names(applied(new UnthrottledClass(), "declares"))).containsExactly("anon", "user",
				"scopedRateThrottle");
	}

	@Test
	void metaAnnotation() {
		assertThat(policies(applied(new Meta(), "uploads"))).containsExactly("uploads 3/s");
	}

	@Test
	void metaAnnotationWithAttributes() {
		assertThat(policies(applied(new Meta(), "limited"))).containsExactly("Meta.limited 9/min");
	}

	@Test
	void metaAnnotationWithSeveral() {
		assertThat(policies(applied(new Meta(), "several"))).containsExactly("uploads 3/s", "down-loads 4/s");
	}

	@Test
	void metaAnnotationOfUnthrottled() {
		assertThat(applied(new Meta(), "free").isThrottled()).isFalse();
	}

	@Test
	void metaAnnotationOnClass() {
		assertThat(policies(applied(new MetaOnClass(), "get"))).containsExactly("uploads 3/s");
	}

	@Test
	void severalOnOneMethod() {
		assertThat(policies(applied(new OnMethod(), "both"))).containsExactly("uploads 3/s", "down-loads 4/s");
	}

	@Test
	void methodOfInterface() {
		assertThat(policies(applied(new Implementation(), "list"))).containsExactly("uploads 3/s");
	}

	@Test
	void nearestDeclarationOfMethodWins() {
		assertThat(policies(applied(new Implementation(), "overridden"))).containsExactly("down-loads 4/s");
		assertThat(applied(new Implementation(), "freed").isThrottled()).isFalse();
	}

	@Test
	void methodOfInterfaceOfSuperclass() {
		assertThat(policies(applied(new SubImplementation(), "list"))).containsExactly("uploads 3/s");
	}

	@Test
	void genericMethodOfSuperclass() {
		assertThat(policies(applied(new Sub(), "create"))).containsExactly("uploads 3/s");
		assertThat(policies(applied(new Sub(), "inherited"))).containsExactly("down-loads 4/s");
	}

	@Test
	void classOfInterfaceAndSuperclass() {
		assertThat(policies(applied(new OfThrottledInterface(), "get"))).containsExactly("uploads 3/s");
		assertThat(policies(applied(new SubOfOnClass(), "own"))).containsExactly("uploads 3/s");
		assertThat(policies(applied(new RedeclaringSub(), "own"))).containsExactly("down-loads 4/s");
		assertThat(applied(new UnthrottledSub(), "own").isThrottled()).isFalse();
	}

	@Test
	void controllerBehindProxyOfItsClass() {
		ProxyFactory factory = new ProxyFactory(new OnClass());
		factory.setProxyTargetClass(true);
		Object proxy = factory.getProxy();
		assertThat(proxy.getClass()).isNotEqualTo(OnClass.class);
		ThrottledHandlers handlers = handlers();
		HandlerThrottles applied = handlers.throttles(handler(proxy, "declares"));
		assertThat(policies(applied)).containsExactly("down-loads 4/s");
		assertThat(handlers.throttles(handler(new OnClass(), "declares"))).isSameAs(applied);
	}

	@Test
	void controllerBehindProxyOfItsInterface() {
		Object proxy = new ProxyFactory(new Behind()).getProxy();
		Method method = method(Api.class, "list");
		assertThat(policies(handlers().throttles(new HandlerMethod(proxy, method)))).containsExactly("down-loads 4/s");
		assertThat(policies(handlers().throttles(new HandlerMethod(proxy, method(Api.class, "freed")))))
			.containsExactly("Behind 8/min");
	}

	@Test
	void controllersBehindProxiesOfOneInterfaceHaveTheirOwnThrottles() {
		ThrottledHandlers handlers = handlers();
		Method method = method(Api.class, "list");
		assertThat(policies(handlers.throttles(new HandlerMethod(new ProxyFactory(new Behind()).getProxy(), method))))
			.containsExactly("down-loads 4/s");
		assertThat(policies(
				handlers.throttles(new HandlerMethod(new ProxyFactory(new Implementation()).getProxy(), method))))
			.containsExactly("uploads 3/s");
	}

	@Test
	void useReplacesTheDefaults() {
		assertThat(names(applied(new Using(), "user"))).containsExactly("user");
	}

	@Test
	void useAppliesInTheOrderOfTheThrottles() {
		assertThat(names(applied(new Using(), "userAndAnon"))).containsExactly("anon", "user");
	}

	@Test
	void useMeansExactlyThatClassWhereThereIsOne() {
		this.throttles.put("burst", new Burst());
		assertThat(names(applied(new Using(), "user"))).containsExactly("user");
	}

	@Test
	void useMeansSubclassesWhereThereIsNone() {
		this.throttles.remove("user");
		this.throttles.put("burst", new Burst());
		assertThat(names(applied(new Using(), "user"))).containsExactly("burst");
	}

	@ParameterizedTest
	@CsvSource({ "anyThrottle, dev.throttle.BaseThrottle", "anyRate, dev.throttle.SimpleRateThrottle" })
	void useOfAClassOfAllThrottlesIsRefused(String handler, String type) {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> applied(new Using(), handler))
			.withMessageContaining("Using#" + handler + "() uses " + type + ", which all throttles may be. "
					+ "Name the class of one throttle, such as that of one of the throttle beans 'anon', ");
	}

	@Test
	void useOfUserThrottleWithoutItsRateNamesTheRate() {
		this.throttles.remove("user");
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> applied(new Using(), "user"))
			.withMessageContaining(
					"uses dev.throttle.UserRateThrottle, but there is no throttle bean of that class: that bean exists only if 'throttle.rates.user' is set.")
			.withMessageContaining(
					"Set 'throttle.rates.user', or use the class of one of the throttle beans 'anon', 'scopedRateThrottle'.");
	}

	@Test
	void useOfInterface() {
		this.throttles.put("tenant", new MarkedThrottle());
		assertThat(names(applied(new Using(), "marked"))).containsExactly("tenant");
	}

	@Test
	void useAndScope() {
		HandlerThrottles applied = applied(new Using(), "userAndScope");
		assertThat(names(applied)).containsExactly("user", "scopedRateThrottle");
		assertThat(policies(applied)).containsExactly("uploads 3/s");
	}

	@Test
	void useOfScopedThrottleAndScopeInTwoAnnotations() {
		HandlerThrottles applied = applied(new Using(), "scopedApart");
		assertThat(names(applied)).containsExactly("scopedRateThrottle");
		assertThat(policies(applied)).containsExactly("uploads 3/s");
	}

	@Test
	void alsoAddsToTheDefaults() {
		this.throttles.put("burst", new Burst());
		this.defaults = List.of("user", "anon");
		assertThat(names(applied(new Adding(), "burst"))).containsExactly("user", "anon", "burst");
	}

	@Test
	void alsoOfADefaultIsRefused() {
		this.throttles.put("burst", new Burst());
		this.defaults = List.of("burst", "anon");
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> applied(new Adding(), "burst"))
			.withMessageContaining("Adding#burst() adds " + Burst.class.getName() + ", which applies by default. "
					+ "Remove it from 'also', or name the other throttles in 'throttle.defaults', which then leaves it out.");
		assertThat(names(applied(new Adding(), "burstToUser"))).containsExactly("user", "burst");
	}

	@Test
	void alsoOfWhatIsUsedIsRefused() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> applied(new Adding(), "userToUser"))
			.withMessageContaining("Adding#userToUser() adds " + UserRateThrottle.class.getName()
					+ ", which it uses already. Remove it from 'also'.");
	}

	@Test
	void alsoAndScope() {
		this.throttles.put("burst", new Burst());
		this.defaults = List.of("anon");
		HandlerThrottles applied = applied(new Adding(), "burstAndScope");
		assertThat(names(applied)).containsExactly("anon", "burst", "scopedRateThrottle");
		assertThat(policies(applied)).containsExactly("uploads 3/s");
	}

	@Test
	void alsoAddsToWhatIsUsed() {
		this.throttles.put("burst", new Burst());
		assertThat(names(applied(new Adding(), "burstToUser"))).containsExactly("user", "burst");
		assertThat(names(applied(new Adding(), "burstToUserApart"))).containsExactly("user", "burst");
	}

	@Test
	void alsoOfScopedThrottleNeedsAScope() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> applied(new Adding(), "scoped"))
			.withMessageContaining("uses ScopedRateThrottle but declares no scope");
	}

	@Test
	void alsoOfClassWithoutBeanFailsAsUseDoes() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> applied(new Adding(), "burst"))
			.withMessageContaining("Adding#burst() uses " + Burst.class.getName()
					+ ", but there is no throttle bean of that class. Declare one, for example with @Component on the class");
	}

	@Test
	void useFindsThrottleBehindProxyOfItsClass() {
		ProxyFactory factory = new ProxyFactory(new Burst());
		factory.setProxyTargetClass(true);
		this.throttles.put("burst", (BaseThrottle) factory.getProxy());
		assertThat(names(applied(new Using(), "burst"))).containsExactly("burst");
		assertThat(names(applied(new Using(), "user"))).containsExactly("user");
	}

	@Test
	void useFindsThrottleBehindProxyOfItsInterface() {
		this.throttles.remove("user");
		this.throttles.put("burst", (BaseThrottle) new ProxyFactory(new Burst()).getProxy());
		assertThat(names(applied(new Using(), "burst"))).containsExactly("burst");
		assertThat(names(applied(new Using(), "user"))).containsExactly("burst");
	}

	@Test
	void scopedThrottleBehindProxyOfItsInterfaceCountsScopes() {
		this.throttles.put("scopedRateThrottle", (BaseThrottle) new ProxyFactory(new ScopedRateThrottle()).getProxy());
		assertThat(names(applied(new Plain(), "get"))).containsExactly("anon", "user");
		assertThat(names(applied(new OnMethod(), "uploads"))).containsExactly("anon", "user", "scopedRateThrottle");
	}

	@Test
	void subclassOfScopedThrottleMayCountWithoutScope() {
		this.throttles.put("scopedRateThrottle", new ScopedByTenant());
		assertThat(names(applied(new Plain(), "get"))).containsExactly("anon", "user", "scopedRateThrottle");
	}

	@Test
	void subclassOfScopedThrottleCountsScopesInItsPlace() {
		this.throttles.put("byTenant", new ScopedByTenant());
		this.defaults = List.of("byTenant");
		assertThat(names(applied(new OnMethod(), "uploads"))).containsExactly("byTenant");
	}

	@Test
	void throttleOfAnyTypeMayCountScopes() {
		this.throttles.put("scopedRateThrottle", (request) -> Verdict.deny());
		assertThat(names(applied(new OnMethod(), "uploads"))).containsExactly("anon", "user", "scopedRateThrottle");
	}

	@Test
	void scopeThatNoThrottleCountsIsRefused() {
		this.throttles.remove("scopedRateThrottle");
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> applied(new OnMethod(), "uploads"))
			.withMessageContaining("the bean 'scopedRateThrottle', which should count it, is not a throttle");
	}

	@Test
	void rateWithoutScopeIsCountedUnderTheHandlersName() {
		HandlerThrottles applied = applied(new OwnRate(), "get");
		assertThat(names(applied)).containsExactly("anon", "user", "scopedRateThrottle");
		assertThat(policies(applied)).containsExactly("OwnRate.get 5/min", "OwnRate.get-day 100/day");
	}

	@Test
	void rateOnClassIsSharedByItsHandlers() {
		ThrottledHandlers handlers = handlers();
		assertThat(policies(handlers.throttles(handler(new RateOnClass(), "one"))))
			.containsExactly("RateOnClass 5/min");
		assertThat(policies(handlers.throttles(handler(new RateOnClass(), "two"))))
			.containsExactly("RateOnClass 5/min");
	}

	@Test
	void rateBesideScope() {
		assertThat(policies(applied(new OwnRate(), "named"))).containsExactly("exports 6/hour");
	}

	@Test
	void rateBesideScopeIsRefusedWhereThePropertySaysAnother() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> applied(new OwnRate(), "uploads"))
			.withMessageContaining(
					"The scope 'uploads' has two rates: the property 'throttle.rates.uploads' says '3/s', ");
		this.rates = new RateRegistry(Rates.none());
		assertThat(policies(applied(new OwnRate(), "uploads"))).containsExactly("uploads 7/hour");
	}

	@Test
	void handlersWithDifferentRatesForOneScopeAreRefused() {
		ThrottledHandlers handlers = handlers();
		handlers.throttles(handler(new OwnRate(), "named"));
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> handlers.throttles(handler(new OwnRate(), "namedTwice")))
			.withMessageContaining("The scope 'exports' has two rates: @Throttle on ")
			.withMessageContaining("OwnRate#named() says '6/hour'")
			.withMessageContaining("OwnRate#namedTwice() says '6/hour, 9/day'");
	}

	@Test
	void placeholdersInScopeAndRate() {
		this.environment.setProperty("my.scope", "uploads");
		assertThat(policies(applied(new Placeholders(), "scope"))).containsExactly("uploads 3/s");
		assertThat(policies(applied(new Placeholders(), "rate"))).containsExactly("Placeholders.rate 9/day");
	}

	@Test
	void placeholderInRateIsThePropertysValue() {
		this.environment.setProperty("my.rate", "8/day");
		assertThat(policies(applied(new Placeholders(), "rate"))).containsExactly("Placeholders.rate 8/day");
	}

	@Test
	void ratesThatWereReplacedCount() {
		HandlerThrottles applied = applied(new OnMethod(), "uploads");
		this.rates.update((rates) -> rates.with(Scope.of("uploads"), List.of(Rate.parse("30/s"))));
		assertThat(policies(applied)).containsExactly("uploads 30/s");
	}

	@Test
	void throttlesAreWorkedOutOncePerHandler() {
		ThrottledHandlers handlers = handlers();
		HandlerThrottles applied = handlers.throttles(handler(new OnMethod(), "uploads"));
		assertThat(handlers.throttles(handler(new OnMethod(), "uploads"))).isSameAs(applied);
		assertThat(handlers.throttles(handler(new OnMethod(), "uploads").createWithResolvedBean())).isSameAs(applied);
		assertThat(handlers.throttles(handler(new OnMethod(), "downloads"))).isNotSameAs(applied);
	}

	@Test
	void methodThatTwoControllersInheritHasThrottlesForEach() {
		ThrottledHandlers handlers = handlers();
		assertThat(policies(handlers.throttles(handler(new SubOfOnClass(), "inherits"))))
			.containsExactly("uploads 3/s");
		assertThat(policies(handlers.throttles(handler(new RedeclaringSub(), "inherits"))))
			.containsExactly("down-loads 4/s");
	}

	private ThrottledHandlers handlers() {
		ThrottleRegistry registry = new ThrottleRegistry(this.throttles,
				Map.of("cacheBackend", MemoryCacheBackend.builder().build()), null, this.defaults);
		return new ThrottledHandlers(registry, this.rates, new OutgoingCheck(Map.of()),
				this.environment::resolveRequiredPlaceholders);
	}

	private HandlerThrottles applied(Object controller, String method) {
		return handlers().throttles(handler(controller, method));
	}

	private List<String> policies(HandlerThrottles applied) {
		return applied.scopes()
			.stream()
			.flatMap((scope) -> this.rates.rates().policies(scope).stream())
			.map(ThrottledHandlersTests::text)
			.toList();
	}

	private static String text(Policy policy) {
		return policy.name() + " " + policy.rate();
	}

	private static List<String> names(HandlerThrottles applied) {
		return applied.applied().steps().stream().map(Step::name).toList();
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
