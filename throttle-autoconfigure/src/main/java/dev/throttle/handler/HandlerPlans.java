package dev.throttle.handler;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.InvalidRateException;
import dev.throttle.Policy;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.HandlerDeclaration.Throttled;
import dev.throttle.handler.HandlerPlan.DeclaredScope;

import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;
import org.springframework.web.method.HandlerMethod;

/**
 * Works out once per handler which throttles apply.
 *
 * @since 1.0.0
 */
public final class HandlerPlans {

	private final Map<HandlerKey, HandlerPlan> plans = new ConcurrentHashMap<>();

	private final Map<String, String> derivedScopes = new ConcurrentHashMap<>();

	private final ThrottleRegistry throttles;

	private final RateRegistry rates;

	private final StringValueResolver placeholders;

	private final HandlerPlan defaultPlan;

	/**
	 * Create the plans.
	 * @param throttles the throttles
	 * @param rates the rates, in which the scopes that handlers declare are looked up
	 * @param placeholders resolves placeholders such as {@code ${uploads.rate}}
	 */
	public HandlerPlans(ThrottleRegistry throttles, RateRegistry rates, StringValueResolver placeholders) {
		this.throttles = throttles;
		this.rates = rates;
		this.placeholders = placeholders;
		this.defaultPlan = plan(throttles.defaults(), List.of());
	}

	/**
	 * Return the plan of what is no handler method, such as a functional route.
	 * @return the default throttles
	 */
	public HandlerPlan defaultPlan() {
		return this.defaultPlan;
	}

	/**
	 * Return the plan of a handler.
	 * @param handler the handler
	 * @return the plan
	 * @throws InvalidThrottleConfigurationException if what the handler declares cannot
	 * bite
	 */
	public HandlerPlan plan(HandlerMethod handler) {
		HandlerKey key = new HandlerKey(handler.getBeanType(), handler.getMethod());
		HandlerPlan plan = this.plans.get(key);
		return (plan != null) ? plan : this.plans.computeIfAbsent(key, (absent) -> read(handler));
	}

	/**
	 * Return the plans that have been worked out.
	 * @return the plans
	 */
	public Collection<HandlerPlan> known() {
		return this.plans.values();
	}

	private HandlerPlan read(HandlerMethod handler) {
		HandlerDeclaration declaration = HandlerDeclaration.of(handler);
		if (declaration == null) {
			return this.defaultPlan;
		}
		if (declaration.throttles().isEmpty()) {
			return HandlerPlan.UNTHROTTLED;
		}
		List<DeclaredScope> scopes = new ArrayList<>();
		Set<Step> used = new LinkedHashSet<>();
		for (Throttled throttled : declaration.throttles()) {
			if (!throttled.scope().isEmpty() || !throttled.rate().isEmpty()) {
				scopes.add(scope(throttled, handler, declaration));
			}
			else if (throttled.use().isEmpty()) {
				throw new InvalidThrottleConfigurationException(
						"@Throttle on " + declaration.where() + " declares nothing.",
						"Give it a scope, a rate or the throttles to use, or remove it: the default throttles apply without it.");
			}
			for (Class<?> type : throttled.use()) {
				used.addAll(steps(type, declaration));
			}
		}
		List<Step> chosen = used.isEmpty() ? this.throttles.defaults() : inOrder(used);
		return plan(chosen, scopes);
	}

	private HandlerPlan plan(List<Step> chosen, List<DeclaredScope> scopes) {
		List<Step> steps = scopes.isEmpty() ? ThrottleRegistry.withoutScoped(chosen)
				: this.throttles.withScoped(chosen);
		return new HandlerPlan(new ThrottlePlan(steps), List.copyOf(scopes));
	}

	private List<Step> inOrder(Set<Step> used) {
		return this.throttles.all().stream().filter(used::contains).toList();
	}

	private List<Step> steps(Class<?> type, HandlerDeclaration declaration) {
		List<Step> steps = this.throttles.ofType(type);
		if (steps.isEmpty()) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " uses " + type.getName()
							+ ", but there is no throttle bean of that class.",
					"Declare one, for example by @Component on the class, or use one of the throttle beans "
							+ Names.list(this.throttles.all().stream().map(Step::name).toList()) + ".");
		}
		return steps;
	}

	private DeclaredScope scope(Throttled throttled, HandlerMethod handler, HandlerDeclaration declaration) {
		String declared = resolve(throttled.scope(), declaration);
		String rate = resolve(throttled.rate(), declaration);
		String scope = StringUtils.hasText(declared) ? declared.trim() : derivedScope(handler, declaration);
		String canonical = canonical(scope, declaration);
		if (!throttled.rate().isEmpty()) {
			return new DeclaredScope(canonical, ownPolicies(scope, rate, declaration));
		}
		if (this.rates.rates().policies(canonical).isEmpty()) {
			Collection<String> known = this.rates.rates()
				.asMap()
				.values()
				.stream()
				.map((policies) -> policies.get(0).name())
				.toList();
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " declares the scope '" + scope
							+ "', but there is no rate for it.",
					"Set the property 'throttle.rates." + scope
							+ "', for example to '100/hour', or declare one of the scopes " + Names.list(known)
							+ Names.meant(scope, known) + ".");
		}
		return new DeclaredScope(canonical, List.of());
	}

	private static String canonical(String scope, HandlerDeclaration declaration) {
		try {
			return Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " declares the scope '" + scope
							+ "', which is no name for one.",
					"Write letters and digits, separated by '-', '_' or '.'.");
		}
	}

	private static List<Policy> ownPolicies(String scope, String rate, HandlerDeclaration declaration) {
		try {
			return Policy.ofScope(scope, Rate.parseAll(rate));
		}
		catch (InvalidRateException ex) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " declares the rate '" + ex.getText()
							+ "', which is invalid at column " + ex.getColumn() + ": " + ex.getReason() + ".",
					"Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
		}
	}

	private String derivedScope(HandlerMethod handler, HandlerDeclaration declaration) {
		String type = handler.getBeanType().getSimpleName();
		String name = declaration.onClass() ? type : type + "." + handler.getMethod().getName();
		String scope = name.replaceAll("[^A-Za-z0-9._-]", "_");
		String other = this.derivedScopes.putIfAbsent(Scope.canonical(scope), declaration.where());
		if (other != null && !other.equals(declaration.where())) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + other + " and on " + declaration.where()
							+ " declare a rate without a scope, and both would be counted as '" + scope + "'.",
					"Declare a scope beside the rate on one of them.");
		}
		return scope;
	}

	private String resolve(String text, HandlerDeclaration declaration) {
		try {
			String resolved = this.placeholders.resolveStringValue(text);
			return (resolved != null) ? resolved : "";
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " has a placeholder that cannot be resolved: "
							+ ex.getMessage() + ".",
					"Set that property, or give a default after a colon, as in '${uploads.rate:20/day}'.");
		}
	}

	private record HandlerKey(Class<?> type, Method method) {
	}

}
