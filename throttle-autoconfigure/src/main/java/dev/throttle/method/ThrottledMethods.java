package dev.throttle.method;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.BeanMethod;
import dev.throttle.handler.CostCheck;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.MethodDeclarations;
import dev.throttle.handler.MethodDeclarations.MethodThrottle;
import dev.throttle.handler.MethodDeclarations.MethodThrottles;
import dev.throttle.handler.Mistake;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.method.MethodLimits.Limit;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodClassKey;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.util.ClassUtils;

/**
 * The limits of the methods of beans, worked out once for each method.
 *
 * @since 1.0.0
 */
public final class ThrottledMethods {

	private final Map<MethodClassKey, Optional<MethodLimits>> known = new ConcurrentHashMap<>();

	private final ParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();

	private final MethodDeclarations declarations;

	private final RateLimiters limiters;

	private final RateRegistry rates;

	private final BiPredicate<Class<?>, Method> isHandler;

	private volatile boolean someLimited;

	/**
	 * Create an instance that knows no methods yet.
	 * @param declarations reads what methods declare
	 * @param limiters counts their calls
	 * @param rates the rates
	 * @param isHandler whether a method of a class handles requests, which are counted
	 * elsewhere
	 */
	public ThrottledMethods(MethodDeclarations declarations, RateLimiters limiters, RateRegistry rates,
			BiPredicate<Class<?>, Method> isHandler) {
		this.declarations = declarations;
		this.limiters = limiters;
		this.rates = rates;
		this.isHandler = isHandler;
	}

	/**
	 * Work out the limits of methods.
	 * @param methods the methods
	 * @throws InvalidThrottleConfigurationException if a declaration is not valid
	 */
	public void add(List<BeanMethod> methods) {
		methods.forEach((method) -> find(method.method(), method.type()));
	}

	/**
	 * Check the costs of the known methods against other rates.
	 * @param rates the rates
	 * @throws InvalidThrottleConfigurationException if a cost is above a limit
	 */
	public void check(RateRegistry rates) {
		CostCheck check = new CostCheck(rates);
		this.known.values().forEach((limits) -> limits.ifPresent((each) -> each.check(check)));
	}

	/**
	 * Return the scopes of the known methods.
	 * @return the scopes, by the description of a method
	 */
	public Map<String, List<Scope>> scopes() {
		Map<String, List<Scope>> scopes = new TreeMap<>();
		this.known.values()
			.forEach((limits) -> limits
				.ifPresent((present) -> scopes.put(MethodDeclarations.describe(present.declared().method()),
						present.limits().stream().map(Limit::scope).toList())));
		return scopes;
	}

	/**
	 * Return whether no known method has a limit.
	 * @return whether none has
	 */
	public boolean isEmpty() {
		return !this.someLimited;
	}

	/**
	 * Return the limits of a method; null for none. A method may become a handler while
	 * the application runs.
	 */
	@Nullable MethodLimits find(Method method, Class<?> type) {
		if (this.limiters.isOff()) {
			return null;
		}
		MethodClassKey key = new MethodClassKey(method, type);
		Optional<MethodLimits> limits = this.known.get(key);
		if (limits == null) {
			limits = Optional.ofNullable(read(method, ClassUtils.getUserClass(type)));
			this.known.put(key, limits);
			if (limits.isPresent()) {
				this.someLimited = true;
			}
		}
		MethodLimits known = limits.orElse(null);
		return (known == null || isHandler(known.declared(), method, type)) ? null : known;
	}

	private boolean isHandler(MethodThrottles declared, Method called, Class<?> type) {
		Class<?> user = ClassUtils.getUserClass(type);
		return this.isHandler.test(user, declared.method())
				|| !called.equals(declared.method()) && this.isHandler.test(user, called);
	}

	RateLimiters limiters() {
		return this.limiters;
	}

	private @Nullable MethodLimits read(Method method, Class<?> type) {
		MethodThrottles declared = this.declarations.read(method, type);
		if (declared == null || isHandler(declared, method, type)) {
			return null;
		}
		checkSuspending(declared);
		MethodExpressions expressions = new MethodExpressions(declared, this.names);
		List<Limit> limits = declared.throttles().stream().map((each) -> limit(each, expressions)).toList();
		MethodLimits known = new MethodLimits(declared, ReturnKind.of(declared.method()), limits,
				expressions.parameters());
		known.check(new CostCheck(this.rates));
		return known;
	}

	private Limit limit(MethodThrottle throttle, MethodExpressions expressions) {
		this.limiters.scope(throttle.scope().name());
		Expression key = throttle.key().isEmpty() ? null : expressions.parse("key", throttle.key());
		OptionalLong cost = CostCheck.number(throttle.cost());
		return cost.isPresent() ? new Limit(throttle.scope(), key, null, cost.getAsLong())
				: new Limit(throttle.scope(), key, expressions.parse("cost", throttle.cost()), 0);
	}

	private static void checkSuspending(MethodThrottles declared) {
		if (KotlinDetector.isSuspendingFunction(declared.method()) && !ClassUtils
			.isPresent("kotlinx.coroutines.reactor.MonoKt", ThrottledMethods.class.getClassLoader())) {
			throw new InvalidThrottleConfigurationException(Mistake.METHOD_NOT_INTERCEPTED,
					declared.where() + " is on a suspending function, but calls of it cannot be intercepted.",
					"Add the dependency 'org.jetbrains.kotlinx:kotlinx-coroutines-reactor'.");
		}
	}

}
