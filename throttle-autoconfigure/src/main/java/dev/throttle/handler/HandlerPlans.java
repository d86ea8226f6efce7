package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

import dev.throttle.AnonRateThrottle;
import dev.throttle.Policy;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.UserRateThrottle;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.HandlerDeclaration.Throttled;
import dev.throttle.handler.HandlerPlan.DeclaredScope;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;
import org.springframework.web.method.HandlerMethod;

/**
 * Works out once per handler which throttles apply.
 *
 * @since 1.0.0
 */
public final class HandlerPlans {

	private static final String DEFAULT = "default";

	private final Map<HandlerKey, PlannedHandler> plans = new ConcurrentHashMap<>();

	private final Map<HandlerKey, Set<String>> mappings = new ConcurrentHashMap<>();

	private final Map<HandlerKey, Exemption> exempt = new ConcurrentHashMap<>();

	private final Set<HandlerKey> reached = ConcurrentHashMap.newKeySet();

	private final Set<PlannedHandler> routes = ConcurrentHashMap.newKeySet();

	private final Set<Object> declaring = ConcurrentHashMap.newKeySet();

	private final ThrottleRegistry throttles;

	private final RateRegistry rates;

	private final HandlerScopes scopes;

	private final HandlerPlan defaultPlan;

	/**
	 * Create the plans.
	 * @param throttles the throttles
	 * @param rates the rates, in which the scopes that handlers declare are looked up
	 * @param placeholders resolves placeholders such as {@code ${uploads.rate}}
	 * @throws InvalidThrottleConfigurationException if two policies have one name
	 */
	public HandlerPlans(ThrottleRegistry throttles, RateRegistry rates, StringValueResolver placeholders) {
		this.throttles = throttles;
		this.rates = rates;
		this.scopes = new HandlerScopes(rates, placeholders);
		throttles.all().forEach((step) -> declare(step.throttle().ownPolicies(), "the throttle '" + step.name() + "'"));
		this.defaultPlan = plan(throttles.defaults(), List.of());
	}

	/**
	 * Return the plan of functional routes, and of what is included by its path.
	 * @return the default throttles
	 */
	public HandlerPlan defaultPlan() {
		return this.defaultPlan;
	}

	/**
	 * Return the plan of a handler.
	 * @param handler the handler
	 * @return the plan
	 * @throws InvalidThrottleConfigurationException if what the handler declares would
	 * have no effect
	 */
	public HandlerPlan plan(HandlerMethod handler) {
		HandlerKey key = HandlerKey.of(handler);
		PlannedHandler planned = this.plans.get(key);
		return ((planned != null) ? planned : this.plans.computeIfAbsent(key, (absent) -> read(handler))).plan();
	}

	/**
	 * Work out the plan of a handler and remember what it is mapped to.
	 * @param handler the handler
	 * @param mapping the mapping, for a reader, such as {@code GET [/reports]}
	 * @param exemption why no request that is so mapped is throttled, null where requests
	 * are
	 * @throws InvalidThrottleConfigurationException if what the handler declares would
	 * have no effect
	 */
	public void add(HandlerMethod handler, String mapping, @Nullable Exemption exemption) {
		plan(handler);
		HandlerKey key = HandlerKey.of(handler);
		this.mappings.computeIfAbsent(key, (absent) -> new ConcurrentSkipListSet<>()).add(mapping);
		this.declaring.addAll(HandlerDeclaration.sources(handler));
		if (exemption == null) {
			this.reached.add(key);
		}
		else {
			this.exempt.putIfAbsent(key, exemption);
		}
	}

	/**
	 * Remember a functional route, to which the default throttles apply.
	 * @param name the route, for a reader
	 * @param mappings what it is mapped to, for a reader
	 * @param exemption why no request for it is throttled, null where requests are
	 */
	public void addRoute(String name, List<String> mappings, @Nullable Exemption exemption) {
		this.routes
			.add((exemption != null) ? new PlannedHandler(name, exemption.reason(), HandlerPlan.UNTHROTTLED, mappings)
					: new PlannedHandler(name, DEFAULT, this.defaultPlan, mappings));
	}

	/**
	 * Return whether what an element declares is read for a handler.
	 * @param element a method or class
	 * @return whether it is
	 */
	public boolean reads(AnnotatedElement element) {
		return this.declaring.contains(element);
	}

	/**
	 * Check that what handlers declare applies to some request.
	 * @throws InvalidThrottleConfigurationException if a declaration does not
	 */
	public void checkExemptions() {
		Set<String> applying = new HashSet<>();
		this.plans.forEach((key, handler) -> {
			if (exemption(key) == null) {
				applying.add(handler.reason());
			}
		});
		this.plans.forEach((key, handler) -> {
			Exemption exemption = exemption(key);
			boolean declares = !handler.reason().equals(DEFAULT) && handler.plan().isThrottled();
			if (exemption != null && declares && !applying.contains(handler.reason())) {
				throw exemption.refuse(handler.reason());
			}
		});
	}

	private @Nullable Exemption exemption(HandlerKey key) {
		return this.reached.contains(key) ? null : this.exempt.get(key);
	}

	/**
	 * Return the handlers whose plan has been worked out.
	 * @return the handlers, in the order of their names
	 */
	public List<PlannedHandler> planned() {
		List<PlannedHandler> planned = new ArrayList<>(this.routes);
		this.plans.forEach((key, handler) -> {
			Exemption exemption = exemption(key);
			planned.add(new PlannedHandler(handler.name(), (exemption != null) ? exemption.reason() : handler.reason(),
					(exemption != null) ? HandlerPlan.UNTHROTTLED : handler.plan(),
					List.copyOf(this.mappings.getOrDefault(key, Set.of()))));
		});
		planned
			.sort(Comparator.comparing(PlannedHandler::name).thenComparing((handler) -> handler.mappings().toString()));
		return planned;
	}

	private PlannedHandler read(HandlerMethod handler) {
		if (this.throttles.isOff()) {
			return new PlannedHandler(handler.toString(), "throttling is off", HandlerPlan.UNTHROTTLED, List.of());
		}
		HandlerDeclaration declaration = HandlerDeclaration.of(handler);
		HandlerPlan plan = (declaration != null) ? plan(declaration) : this.defaultPlan;
		String reason = (declaration != null) ? declaration.annotation() + " on " + declaration.where() : DEFAULT;
		return new PlannedHandler(handler.toString(), reason, plan, List.of());
	}

	private HandlerPlan plan(HandlerDeclaration declaration) {
		if (declaration.throttles().isEmpty()) {
			return HandlerPlan.UNTHROTTLED;
		}
		Set<Step> used = new LinkedHashSet<>();
		for (Throttled throttled : declaration.throttles()) {
			if (!throttled.hasScope() && throttled.use().isEmpty()) {
				throw new InvalidThrottleConfigurationException(
						"@Throttle on " + declaration.where() + " declares nothing.",
						"Give it a scope, a rate or the throttles to use, or remove it: the default throttles apply without it.");
			}
			throttled.use().forEach((type) -> used.addAll(steps(type, declaration)));
		}
		List<DeclaredScope> scopes = this.scopes.read(declaration);
		if (scopes.isEmpty() && used.stream().anyMatch(ThrottleRegistry::needsScope)) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where()
							+ " uses ScopedRateThrottle but declares no scope, so that it would count nothing.",
					"Declare a scope or a rate, as in @Throttle(scope = \"uploads\", use = ScopedRateThrottle.class).");
		}
		List<Step> chosen = used.isEmpty() ? this.throttles.defaults() : inOrder(used);
		scopes.forEach((scope) -> checkCountedOnce(scope, chosen));
		HandlerPlan plan = plan(chosen, scopes);
		scopes.forEach((scope) -> declare(scope.ownPolicies(), "@Throttle on " + scope.where()));
		return plan;
	}

	private void declare(Collection<Policy> policies, String source) {
		try {
			this.rates.declare(policies, source);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(ex.getMessage() + ".",
					"Give one of them another scope. Two rates of the same scope can be made equal instead.");
		}
	}

	private static void checkCountedOnce(DeclaredScope scope, List<Step> chosen) {
		for (Step step : chosen) {
			SimpleRateThrottle throttle = ThrottleRegistry.rateThrottle(step);
			boolean sameClients = throttle instanceof UserRateThrottle || throttle instanceof AnonRateThrottle;
			if (throttle != null && sameClients && throttle.hasScope(scope.scope())) {
				throw new InvalidThrottleConfigurationException(
						"@Throttle on " + scope.where() + " declares the scope of the throttle '" + step.name()
								+ "', which applies too, so that each request would be counted twice.",
						"Remove the scope, which counts without it, or give the handler a scope of its own.");
			}
		}
	}

	private HandlerPlan plan(List<Step> chosen, List<DeclaredScope> scopes) {
		List<Step> steps = !scopes.isEmpty() ? this.throttles.withScoped(chosen)
				: chosen.stream().filter((step) -> !ThrottleRegistry.needsScope(step)).toList();
		return new HandlerPlan(new ThrottlePlan(steps), scopes);
	}

	private List<Step> inOrder(Set<Step> used) {
		return this.throttles.all().stream().filter(used::contains).toList();
	}

	private List<Step> steps(Class<?> type, HandlerDeclaration declaration) {
		List<Step> steps = this.throttles.ofType(type);
		if (steps.isEmpty()) {
			String known = Names.list(this.throttles.all().stream().map(Step::name).toList());
			String rate = Names.rateOf(StringUtils.uncapitalize(type.getSimpleName()));
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " uses " + type.getName()
							+ ", but there is no throttle bean of that class"
							+ ((rate != null) ? ": it exists where the rate " + rate + " does." : "."),
					((rate != null) ? "Set " + rate : "Declare one, for example with @Component on the class")
							+ ", or use the class of one of the throttle beans " + known + ".");
		}
		return steps;
	}

	private record HandlerKey(Class<?> type, Method method) {

		static HandlerKey of(HandlerMethod handler) {
			return new HandlerKey(HandlerDeclaration.typeOf(handler), handler.getMethod());
		}

		// as a record's own methods are slow, and each request calls these

		@Override
		public boolean equals(Object other) {
			return other instanceof HandlerKey that && this.type == that.type && this.method.equals(that.method);
		}

		@Override
		public int hashCode() {
			return 31 * this.type.hashCode() + this.method.hashCode();
		}

	}

	/**
	 * A handler and its plan.
	 *
	 * @param name the handler's class and method
	 * @param reason why it has this plan: {@code default}, the annotation and where it
	 * stands, or what exempts the handler
	 * @param plan the plan
	 * @param mappings what the handler is mapped to, for a reader
	 */
	public record PlannedHandler(String name, String reason, HandlerPlan plan, List<String> mappings) {
	}

}
