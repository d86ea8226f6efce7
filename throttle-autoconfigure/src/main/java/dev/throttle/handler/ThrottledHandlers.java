package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.BaseThrottle;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.handler.HandlerDeclaration.Throttled;
import dev.throttle.handler.RouteDescriptions.Route;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;
import org.springframework.web.method.HandlerMethod;

/**
 * Determines, once for each handler, which throttles apply.
 *
 * @since 1.0.0
 */
public final class ThrottledHandlers {

	private static final String DEFAULT = "default";

	/** By {@link HandlerKey}, and the functional routes by their {@link Route}. */
	private final Map<Object, KnownHandler> known = new ConcurrentHashMap<>();

	private final ThrottleRegistry throttles;

	private final RateRegistry rates;

	private final HandlerScopes scopes;

	private final Map<DeclaredScopes, HandlerThrottles> routeThrottles = new ConcurrentHashMap<>();

	private final HandlerThrottles defaultThrottles;

	/**
	 * Create an instance that knows no handlers yet.
	 * @param throttles the throttles
	 * @param rates the rates of the scopes that handlers declare
	 * @param outgoing knows the scopes of calls that go out
	 * @param placeholders resolves placeholders such as {@code ${uploads.rate}}
	 * @throws InvalidThrottleConfigurationException if two policies have one name
	 */
	public ThrottledHandlers(ThrottleRegistry throttles, RateRegistry rates, OutgoingCheck outgoing,
			StringValueResolver placeholders) {
		this.throttles = throttles;
		this.rates = rates;
		this.scopes = new HandlerScopes(rates, outgoing, placeholders, throttles::countsByDefault);
		throttles.all()
			.forEach((step) -> declare(step.throttle().ownRates(), "the throttle '" + step.name() + "'",
					"Remove one of them, or give one of them another scope."));
		this.defaultThrottles = throttles(throttles.defaults(), DeclaredScopes.NONE);
	}

	/**
	 * Return the throttles of included paths, and of functional routes without a scope.
	 * @return the default throttles
	 */
	public HandlerThrottles defaultThrottles() {
		return this.defaultThrottles;
	}

	/**
	 * Return the throttles of functional routes.
	 * @param scopes their scopes
	 * @return the default throttles, and the scopes
	 * @throws InvalidThrottleConfigurationException if a scope has no rate, or is counted
	 * by a default throttle
	 */
	public HandlerThrottles routeThrottles(DeclaredScopes scopes) {
		return (scopes.isEmpty() || this.throttles.isOff()) ? this.defaultThrottles
				: this.routeThrottles.computeIfAbsent(scopes, this::throttlesOfRoutes);
	}

	private HandlerThrottles throttlesOfRoutes(DeclaredScopes scopes) {
		for (Scope scope : scopes.scopes()) {
			String source = scopes.source(scope);
			this.scopes.checkRate(scope, source, "");
			checkCountedOnce(scope, source, this.throttles.defaults());
			checkCountedOnce(scope, source, this.throttles.filter().steps());
		}
		return throttles(this.throttles.defaults(), scopes);
	}

	/**
	 * Return the throttles of a handler.
	 * @param handler the handler
	 * @return the throttles; null if the handler is not the application's
	 * @throws InvalidThrottleConfigurationException if an annotation of the handler would
	 * have no effect
	 */
	public @Nullable HandlerThrottles throttles(HandlerMethod handler) {
		return ApplicationHandlers.contains(handler) ? known(HandlerKey.of(handler), handler).handler().throttles()
				: null;
	}

	private KnownHandler known(HandlerKey key, HandlerMethod handler) {
		KnownHandler known = this.known.get(key);
		return (known != null) ? known
				: this.known.computeIfAbsent(key, (absent) -> new KnownHandler(read(handler), false, null, Set.of()));
	}

	/**
	 * Return the throttles of a known handler.
	 * @param handler the handler
	 * @return the throttles; null if it is not known, as before its first request if it
	 * was registered after the start
	 */
	public @Nullable HandlerThrottles ofKnown(HandlerMethod handler) {
		KnownHandler known = this.known.get(HandlerKey.of(handler));
		return (known != null) ? known.inForce().throttles() : null;
	}

	/**
	 * Return the throttles of the known functional routes for a path.
	 * @param path the path as it is mapped, with or without the expressions of variables
	 * @param method the HTTP method
	 * @return the throttles of each route, empty if there is none
	 */
	public List<HandlerThrottles> ofKnownRoutes(String path, String method) {
		return this.known.entrySet()
			.stream()
			.filter((known) -> known.getKey() instanceof Route route && route.serves(path, method))
			.map((known) -> known.getValue().inForce().throttles())
			.toList();
	}

	/**
	 * Determine the throttles of a handler and remember its mapping. Handlers that are
	 * not the application's are ignored.
	 * @param handler the handler
	 * @param mapping the mapping, for messages, such as {@code GET [/reports]}
	 * @param isExcluded whether every path of that mapping is excluded
	 * @return whether the handler is one of the application's
	 * @throws InvalidThrottleConfigurationException if an annotation of the handler would
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
	 * Determine the throttles of a functional route.
	 * @param route the route
	 * @param isExcluded whether every path of the route is excluded
	 * @throws InvalidThrottleConfigurationException if a scope has no rate, or is counted
	 * by a default throttle
	 */
	public void addRoute(Route route, boolean isExcluded) {
		String reason = route.scopes().isEmpty() ? DEFAULT
				: route.scopes().scopes().stream().map(route.scopes()::source).collect(Collectors.joining(", "));
		DescribedHandler described = new DescribedHandler(route.name(), reason, routeThrottles(route.scopes()),
				route.mappings());
		this.known.put(route,
				new KnownHandler(described, !isExcluded, isExcluded ? Exemption.EXCLUDED_PATHS : null, Set.of()));
	}

	/**
	 * Return whether a method is a known handler.
	 * @param type the class of the bean
	 * @param method the method
	 * @return whether it is
	 */
	public boolean handles(Class<?> type, Method method) {
		return this.known.containsKey(new HandlerKey(type, method));
	}

	/**
	 * Return whether the annotations of an element apply to a handler.
	 * @param element a method or class
	 */
	boolean reads(AnnotatedElement element) {
		return this.known.values().stream().anyMatch((known) -> known.sources().contains(element));
	}

	/**
	 * Check that the annotations of handlers apply to some request.
	 * @throws InvalidThrottleConfigurationException if one does not
	 */
	void checkExemptions() {
		Set<String> applying = new HashSet<>();
		this.known.values()
			.stream()
			.filter((known) -> known.exemption() == null)
			.forEach((known) -> applying.add(known.handler().reason()));
		for (KnownHandler known : this.known.values()) {
			DescribedHandler handler = known.handler();
			boolean declares = !handler.reason().equals(DEFAULT) && handler.throttles().isThrottled();
			Exemption exemption = known.exemption();
			if (exemption != null && declares && !applying.contains(handler.reason())) {
				throw exemption.refuse(handler.reason());
			}
		}
	}

	/**
	 * Check that other rates have one for each scope that a handler declares without one.
	 */
	void checkRates(Rates configured) {
		this.scopes.checkRates(configured);
	}

	/**
	 * Return how many handlers are known.
	 */
	int size() {
		return this.known.size();
	}

	/**
	 * Return the known handlers and their throttles.
	 * @return the handlers, ordered by name
	 */
	public List<DescribedHandler> described() {
		return this.known.values()
			.stream()
			.map(KnownHandler::inForce)
			.sorted(Comparator.comparing(DescribedHandler::name)
				.thenComparing((handler) -> handler.mappings().toString()))
			.toList();
	}

	private DescribedHandler read(HandlerMethod handler) {
		if (this.throttles.isOff()) {
			return new DescribedHandler(handler.toString(), "throttling is off", HandlerThrottles.UNTHROTTLED,
					List.of());
		}
		HandlerDeclaration declaration = HandlerDeclaration.of(handler);
		HandlerThrottles applied = (declaration != null) ? throttles(declaration) : this.defaultThrottles;
		String reason = (declaration != null) ? declaration.annotation() + " on " + declaration.where() : DEFAULT;
		return new DescribedHandler(handler.toString(), reason, applied, List.of());
	}

	private HandlerThrottles throttles(HandlerDeclaration declaration) {
		if (declaration.throttles().isEmpty()) {
			return HandlerThrottles.UNTHROTTLED;
		}
		Set<Step> used = new LinkedHashSet<>();
		Set<Step> added = new LinkedHashSet<>();
		for (Throttled throttled : declaration.throttles()) {
			if (throttled.hasNoAttributes()) {
				throw new InvalidThrottleConfigurationException(Mistake.ANNOTATION_WITHOUT_EFFECT,
						"@Throttle on " + declaration.where() + " has no attributes, so it has no effect.",
						"Add 'scope', 'rate', 'use' or 'also', or remove the annotation: the default throttles apply without it.");
			}
			throttled.use().forEach((type) -> used.addAll(steps(type, declaration)));
			throttled.also().forEach((type) -> added.addAll(steps(type, declaration)));
		}
		Map<Scope, List<Rate>> ownRates = new LinkedHashMap<>();
		DeclaredScopes scopes = this.scopes.read(declaration, ownRates);
		if (scopes.isEmpty() && Stream.concat(used.stream(), added.stream()).anyMatch(ThrottleRegistry::needsScope)) {
			throw new InvalidThrottleConfigurationException(Mistake.ANNOTATION_WITHOUT_EFFECT,
					"@Throttle on " + declaration.where()
							+ " uses ScopedRateThrottle but declares no scope, so it would count nothing.",
					"Add a scope or a rate, as in @Throttle(scope = \"uploads\", use = ScopedRateThrottle.class).");
		}
		checkAdded(declaration, used);
		Set<Step> chosenSteps = new LinkedHashSet<>(used.isEmpty() ? this.throttles.defaults() : inOrder(used));
		chosenSteps.addAll(inOrder(added));
		List<Step> chosen = List.copyOf(chosenSteps);
		this.throttles.checkNotInFilter(chosen, "@Throttle on " + declaration.where());
		scopes.scopes().forEach((scope) -> {
			checkCountedOnce(scope, "@Throttle on " + declaration.where(), chosen);
			checkCountedOnce(scope, "@Throttle on " + declaration.where(), this.throttles.filter().steps());
		});
		HandlerThrottles applied = throttles(chosen, scopes);
		boolean isConfigured = ownRates.keySet().stream().anyMatch(this.rates.configured().asMap()::containsKey);
		declare(ownRates, "@Throttle on " + declaration.where(), isConfigured
				? "Remove the rate of the annotation, or the property, or give one of them another scope."
				: "Give one of them another scope. If both set the rate of one scope, you can also make the rates equal.");
		return applied;
	}

	private void checkAdded(HandlerDeclaration declaration, Set<Step> used) {
		Collection<Step> applying = used.isEmpty() ? this.throttles.defaults() : used;
		declaration.throttles().stream().flatMap((throttled) -> throttled.also().stream()).forEach((type) -> {
			if (applying.containsAll(steps(type, declaration))) {
				throw new InvalidThrottleConfigurationException(Mistake.COUNTED_TWICE,
						"@Throttle on " + declaration.where() + " adds " + type.getName() + ", which "
								+ (used.isEmpty() ? "applies by default." : "it uses already."),
						"Remove it from 'also'" + (used.isEmpty()
								? ", or name the other throttles in 'throttle.defaults', which then leaves it out."
								: "."));
			}
		});
	}

	private void declare(Map<Scope, List<Rate>> rates, String source, String action) {
		try {
			this.rates.declare(rates, source);
		}
		catch (IllegalArgumentException ex) {
			throw InvalidThrottleConfigurationException.of(Mistake.TWO_RATES, "", ex, action);
		}
	}

	private static void checkCountedOnce(Scope scope, String declaration, List<Step> chosen) {
		for (Step step : chosen) {
			if (ThrottleRegistry.countsUsersOrAddresses(step) && step.throttle().scopes().contains(scope)) {
				throw new InvalidThrottleConfigurationException(Mistake.COUNTED_TWICE,
						declaration + " declares the scope of the throttle '" + step.name()
								+ "', which applies anyway, so each request would be counted twice.",
						"Remove the scope, because the throttle already counts it, or give the handler another scope.");
			}
		}
	}

	private HandlerThrottles throttles(List<Step> chosen, DeclaredScopes scopes) {
		List<Step> steps = !scopes.isEmpty() ? this.throttles.withScoped(chosen)
				: chosen.stream().filter((step) -> !ThrottleRegistry.needsScope(step)).toList();
		return new HandlerThrottles(new AppliedThrottles(steps), scopes);
	}

	private List<Step> inOrder(Set<Step> used) {
		return this.throttles.all().stream().filter(used::contains).toList();
	}

	private List<Step> steps(Class<?> type, HandlerDeclaration declaration) {
		List<Step> steps = this.throttles.ofType(type);
		String known = DidYouMean.list(this.throttles.all().stream().map(Step::name).toList());
		if (type == BaseThrottle.class || type == SimpleRateThrottle.class) {
			throw new InvalidThrottleConfigurationException(Mistake.UNKNOWN_THROTTLE,
					"@Throttle on " + declaration.where() + " uses " + type.getName() + ", which all throttles may be.",
					"Name the class of one throttle, such as that of one of the throttle beans " + known + ".");
		}
		if (steps.isEmpty()) {
			String needed = ThrottleRegistry.propertyOf(StringUtils.uncapitalize(type.getSimpleName()));
			throw new InvalidThrottleConfigurationException(Mistake.UNKNOWN_THROTTLE,
					"@Throttle on " + declaration.where() + " uses " + type.getName()
							+ ", but there is no throttle bean of that class"
							+ ((needed != null) ? ": that bean exists only if " + needed + " is set." : "."),
					((needed != null) ? "Set " + needed
							: "Declare one, for example with @Component on the class (and @Import it into a test with @WebMvcTest or @WebFluxTest)")
							+ ", or use the class of one of the throttle beans " + known + ".");
		}
		return steps;
	}

	private record HandlerKey(Class<?> type, Method method) {

		static HandlerKey of(HandlerMethod handler) {
			return new HandlerKey(HandlerDeclaration.typeOf(handler), handler.getMethod());
		}

		// every request calls these, and the generated methods of a record are slow

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
	 * A handler and its throttles.
	 *
	 * @param name the handler's class and method
	 * @param reason why it has these throttles: {@code default}, the annotation and its
	 * place, or what exempts the handler
	 * @param throttles the throttles that apply to it
	 * @param mappings the mappings of the handler, for messages
	 */
	public record DescribedHandler(String name, String reason, HandlerThrottles throttles, List<String> mappings) {
	}

}
