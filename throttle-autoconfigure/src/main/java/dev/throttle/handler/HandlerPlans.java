package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.HandlerDeclaration.Throttled;
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

	/** By {@link HandlerKey}, and the functional routes by themselves. */
	private final Map<Object, Known> known = new ConcurrentHashMap<>();

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
		throttles.all()
			.forEach((step) -> declare(step.throttle().ownRates(), "the throttle '" + step.name() + "'",
					"Remove one of them, or give one of them another scope."));
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
	 * @return the plan, null where the handler is none of the application's
	 * @throws InvalidThrottleConfigurationException if what the handler declares would
	 * have no effect
	 */
	public @Nullable HandlerPlan plan(HandlerMethod handler) {
		return ApplicationHandlers.contains(handler) ? known(HandlerKey.of(handler), handler).handler().plan() : null;
	}

	private Known known(HandlerKey key, HandlerMethod handler) {
		Known known = this.known.get(key);
		return (known != null) ? known
				: this.known.computeIfAbsent(key, (absent) -> new Known(read(handler), false, null, Set.of()));
	}

	/**
	 * Work out the plan of a handler and remember what it is mapped to. A handler that is
	 * none of the application's is left out.
	 * @param handler the handler
	 * @param mapping the mapping, for a reader, such as {@code GET [/reports]}
	 * @param isExcluded whether every path of that mapping is excluded
	 * @return whether the handler is one of the application's
	 * @throws InvalidThrottleConfigurationException if what the handler declares would
	 * have no effect
	 */
	public boolean add(HandlerMethod handler, String mapping, boolean isExcluded) {
		boolean isOfErrorController = ApplicationHandlers.isOfErrorController(handler);
		if (!isOfErrorController && !ApplicationHandlers.contains(handler)) {
			return false;
		}
		Exemption exemption = isOfErrorController ? Exemption.ERROR_CONTROLLER
				: isExcluded ? Exemption.EXCLUDED_PATHS : null;
		HandlerKey key = HandlerKey.of(handler);
		known(key, handler);
		this.known.computeIfPresent(key,
				(same, known) -> known.mapped(mapping, exemption, HandlerDeclaration.sources(handler)));
		return !isOfErrorController;
	}

	/**
	 * Remember a functional route, to which the default throttles apply.
	 * @param name the route, for a reader
	 * @param mappings what it is mapped to, for a reader
	 * @param isExcluded whether every path of the route is excluded
	 */
	public void addRoute(String name, List<String> mappings, boolean isExcluded) {
		PlannedHandler route = new PlannedHandler(name, DEFAULT, this.defaultPlan, mappings);
		this.known.put(route, new Known(route, !isExcluded, isExcluded ? Exemption.EXCLUDED_PATHS : null, Set.of()));
	}

	/**
	 * Return whether what an element declares is read for a handler.
	 * @param element a method or class
	 */
	boolean reads(AnnotatedElement element) {
		return this.known.values().stream().anyMatch((known) -> known.sources().contains(element));
	}

	/**
	 * Check that what handlers declare applies to some request.
	 * @throws InvalidThrottleConfigurationException if a declaration does not
	 */
	void checkExemptions() {
		Set<String> applying = new HashSet<>();
		this.known.values()
			.stream()
			.filter((known) -> known.exemption() == null)
			.forEach((known) -> applying.add(known.handler().reason()));
		for (Known known : this.known.values()) {
			PlannedHandler handler = known.handler();
			boolean declares = !handler.reason().equals(DEFAULT) && handler.plan().isThrottled();
			Exemption exemption = known.exemption();
			if (exemption != null && declares && !applying.contains(handler.reason())) {
				throw exemption.refuse(handler.reason());
			}
		}
	}

	/**
	 * Return the handlers whose plan has been worked out.
	 * @return the handlers, in the order of their names
	 */
	public List<PlannedHandler> planned() {
		return this.known.values()
			.stream()
			.map(Known::inForce)
			.sorted(Comparator.comparing(PlannedHandler::name)
				.thenComparing((handler) -> handler.mappings().toString()))
			.toList();
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
		Set<Step> added = new LinkedHashSet<>();
		for (Throttled throttled : declaration.throttles()) {
			if (!throttled.hasScope() && throttled.use().isEmpty() && throttled.also().isEmpty()) {
				throw new InvalidThrottleConfigurationException(
						"@Throttle on " + declaration.where() + " declares nothing.",
						"Give it a scope, a rate or the throttles to use, or remove it: the default throttles apply without it.");
			}
			throttled.use().forEach((type) -> used.addAll(steps(type, declaration)));
			throttled.also().forEach((type) -> added.addAll(steps(type, declaration)));
		}
		Map<Scope, List<Rate>> ownRates = new LinkedHashMap<>();
		List<Scope> scopes = this.scopes.read(declaration, ownRates);
		if (scopes.isEmpty() && Stream.concat(used.stream(), added.stream()).anyMatch(ThrottleRegistry::needsScope)) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where()
							+ " uses ScopedRateThrottle but declares no scope, so that it would count nothing.",
					"Declare a scope or a rate, as in @Throttle(scope = \"uploads\", use = ScopedRateThrottle.class).");
		}
		Set<Step> chosenSteps = new LinkedHashSet<>(used.isEmpty() ? this.throttles.defaults() : inOrder(used));
		chosenSteps.addAll(inOrder(added));
		List<Step> chosen = List.copyOf(chosenSteps);
		scopes.forEach((scope) -> checkCountedOnce(scope, declaration.where(), chosen));
		HandlerPlan plan = plan(chosen, scopes);
		declare(ownRates, "@Throttle on " + declaration.where(),
				"Give one of them another scope. Two rates of the same scope can be made equal instead.");
		return plan;
	}

	private void declare(Map<Scope, List<Rate>> rates, String source, String action) {
		try {
			this.rates.declare(rates, source);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(ex.getMessage() + ".", action);
		}
	}

	private static void checkCountedOnce(Scope scope, String where, List<Step> chosen) {
		for (Step step : chosen) {
			if (ThrottleRegistry.countsUsersOrAddresses(step) && step.throttle().scopes().contains(scope)) {
				throw new InvalidThrottleConfigurationException(
						"@Throttle on " + where + " declares the scope of the throttle '" + step.name()
								+ "', which applies too, so that each request would be counted twice.",
						"Remove the scope, which counts without it, or give the handler a scope of its own.");
			}
		}
	}

	private HandlerPlan plan(List<Step> chosen, List<Scope> scopes) {
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
			String known = DidYouMean.list(this.throttles.all().stream().map(Step::name).toList());
			String rate = ThrottleRegistry.rateOf(StringUtils.uncapitalize(type.getSimpleName()));
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

		// a record's own methods are slow, and every request calls these

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
	 * What is known of a handler.
	 *
	 * @param handler the handler as it is declared
	 * @param isReached whether a mapping is known whose requests are throttled
	 * @param exempted why those of another mapping are not, null for none
	 * @param sources the methods and classes on which its declarations stand
	 */
	private record Known(PlannedHandler handler, boolean isReached, @Nullable Exemption exempted, Set<Object> sources) {

		Known mapped(String mapping, @Nullable Exemption exemption, Set<Object> sources) {
			List<String> mappings = Stream.concat(this.handler.mappings().stream(), Stream.of(mapping))
				.distinct()
				.sorted()
				.toList();
			return new Known(
					new PlannedHandler(this.handler.name(), this.handler.reason(), this.handler.plan(), mappings),
					this.isReached || exemption == null, (this.exempted != null) ? this.exempted : exemption, sources);
		}

		@Nullable Exemption exemption() {
			return this.isReached ? null : this.exempted;
		}

		PlannedHandler inForce() {
			Exemption exemption = exemption();
			return (exemption == null) ? this.handler : new PlannedHandler(this.handler.name(), exemption.reason(),
					HandlerPlan.UNTHROTTLED, this.handler.mappings());
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
