package dev.throttle.handler;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.throttle.AddressRateThrottle;
import dev.throttle.AnonRateThrottle;
import dev.throttle.ApiKeyRateThrottle;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.Policy;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.handler.ThrottledHandlers.DescribedHandler;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Checks, once all throttles and handlers are known, that every limit has an effect.
 *
 * @since 1.0.0
 */
public final class ConfigurationCheck {

	private static final Set<String> BUILT_IN = Set.of(AddressRateThrottle.SCOPE, AnonRateThrottle.SCOPE,
			UserRateThrottle.SCOPE);

	private final ThrottleRegistry throttles;

	private final RateRegistry rates;

	private final ThrottledHandlers handlers;

	private final boolean isSecretConfigured;

	private final Map<Scope, List<String>> scopeProperties;

	private final OutgoingCheck outgoing;

	private final Set<String> plansOfUsers;

	private final Supplier<Collection<Scope>> inCode;

	/**
	 * Create a check.
	 * @param throttles the throttles
	 * @param rates the rates; the configured ones are checked
	 * @param handlers the handlers and their throttles
	 * @param isSecretConfigured whether secrets are hashed with a configured key
	 * @param scopeProperties the names of the configured properties of each scope, its
	 * rate first
	 * @param plansOfUsers the names of the plans that only authenticated users have
	 * @param inCode the scopes that are counted in code
	 */
	public ConfigurationCheck(ThrottleRegistry throttles, RateRegistry rates, ThrottledHandlers handlers,
			boolean isSecretConfigured, Map<Scope, List<String>> scopeProperties, Set<String> plansOfUsers,
			Supplier<Collection<Scope>> inCode) {
		this.throttles = throttles;
		this.rates = rates;
		this.handlers = handlers;
		this.isSecretConfigured = isSecretConfigured;
		this.scopeProperties = scopeProperties;
		this.outgoing = new OutgoingCheck(scopeProperties);
		this.plansOfUsers = plansOfUsers;
		this.inCode = inCode;
	}

	/**
	 * Return this check for other rates, such as those of a changed environment.
	 * @param rates the rates; the configured ones are checked
	 * @param scopeProperties the names of the configured properties of each scope, its
	 * rate first
	 * @param plansOfUsers the names of the plans that only authenticated users have
	 * @return the check
	 */
	public ConfigurationCheck with(RateRegistry rates, Map<Scope, List<String>> scopeProperties,
			Set<String> plansOfUsers) {
		return new ConfigurationCheck(this.throttles, rates, this.handlers, this.isSecretConfigured, scopeProperties,
				plansOfUsers, this.inCode);
	}

	/**
	 * Check that each {@link dev.throttle.Throttle @Throttle} and
	 * {@link dev.throttle.Unthrottled @Unthrottled} applies to some request or call.
	 * @param beanFactory the beans that may have them
	 * @return the methods whose calls are limited
	 * @throws InvalidThrottleConfigurationException if one does not
	 */
	public List<BeanMethod> checkAnnotations(ConfigurableListableBeanFactory beanFactory) {
		List<BeanMethod> limited = new BeanAnnotations(beanFactory, this.handlers::reads).check();
		this.handlers.checkExemptions();
		return limited;
	}

	/**
	 * Check throttles and rates against each other and against the handlers.
	 * @throws InvalidThrottleConfigurationException if a limit would have no effect
	 */
	public void check() {
		checkPresent();
		List<HandlerThrottles> handlers = throttlesOfHandlers();
		Set<Scope> used = usedScopes(handlers);
		checkUnusedRates(handlers, used);
		checkUnlimited(handlers);
		checkScopeProperties(handlers);
		checkInCode();
		PlanCheck plans = new PlanCheck(this.rates.rates(), this.outgoing);
		plans.checkScopes(used);
		plans.checkFilter(this.plansOfUsers, scopes(this.throttles.filter().steps()), scopesAtHandlers(handlers));
	}

	/**
	 * Check the throttles and handlers that there are, in a slice of an application: what
	 * nothing uses there may be used by others.
	 * @throws InvalidThrottleConfigurationException if a limit would have no effect
	 */
	public void checkPresent() {
		checkFilter();
		this.handlers.checkRates(rates());
		Set<Scope> used = usedScopes(throttlesOfHandlers());
		for (Step step : this.throttles.all()) {
			checkScopes(step, used);
			checkSecret(step);
		}
		checkOutgoing();
		checkCosts();
	}

	private List<HandlerThrottles> throttlesOfHandlers() {
		return this.handlers.described().stream().map(DescribedHandler::throttles).toList();
	}

	/**
	 * Find the throttles that take the client from an unverified header, and warn if that
	 * can fill a shared store.
	 * @return the throttles with their headers, as text; empty for none
	 */
	public String unverifiedClients() {
		UnverifiedClients clients = new UnverifiedClients(this.throttles);
		clients.warnIfUnbounded(this.handlers.described());
		clients.warnIfUnboundedInFilter();
		return clients.describe();
	}

	/**
	 * Check that the throttles of the filter need neither the user nor the handler.
	 */
	private void checkFilter() {
		for (Step step : this.throttles.filter().steps()) {
			if (this.throttles.probe(step).isAskingForUserOrHandler()) {
				throw new InvalidThrottleConfigurationException(Mistake.USER_BEFORE_AUTHENTICATION, "The throttle '"
						+ step.name()
						+ "' is in the filter before authentication, but it asks for the user or for the scopes of the handler, which are not known there.",
						"Remove it from 'throttle.filter.throttles'. To count everybody by address there, set 'throttle.rates.address' and add 'addressRateThrottle'.");
			}
		}
	}

	private Rates rates() {
		return this.rates.configured();
	}

	private void checkScopes(Step step, Set<Scope> used) {
		Map<Scope, List<Rate>> own = step.throttle().ownRates();
		for (Scope scope : this.throttles.scopes(step)) {
			List<Policy> configured = rates().policies(scope);
			if (own.containsKey(scope) && !configured.isEmpty()) {
				throw new InvalidThrottleConfigurationException(Mistake.TWO_RATES,
						"The throttle '" + step.name() + "' sets the rate of its scope '" + scope
								+ "' in its code, but the property '" + rateProperty(scope) + "' is set, too.",
						"Remove one of them.");
			}
			if (!this.rates.rates().contains(scope)) {
				throw noRate(step, scope, used);
			}
		}
	}

	private InvalidThrottleConfigurationException noRate(Step step, Scope scope, Set<Scope> used) {
		String description = "The throttle '" + step.name() + "' has the scope '" + scope
				+ "', but there is no rate for it";
		Set<Scope> unused = new LinkedHashSet<>(rates().asMap().keySet());
		unused.removeAll(used);
		String near = DidYouMean.nearest(scope.name(), this.outgoing.others(unused)).orElse(null);
		if (near != null) {
			return new InvalidThrottleConfigurationException(Mistake.SCOPE_WITHOUT_RATE,
					description + "; there is a rate '" + rateProperty(Scope.of(near)) + "', which nothing uses.",
					"Rename it to 'throttle.rates." + scope + "', or give the throttle its scope.");
		}
		String inCode = ThrottleRegistry.isRateThrottle(step)
				? "give the throttle a rate in the code, as in super(\"" + scope + "\", \"100/hour\"), " : "";
		return new InvalidThrottleConfigurationException(Mistake.SCOPE_WITHOUT_RATE,
				description + DidYouMean.meant(scope.name(), this.outgoing.others(rates().asMap().keySet())) + ".",
				"Set the property 'throttle.rates." + scope + "', for example to '100/hour', " + inCode
						+ "or remove the throttle.");
	}

	private void checkSecret(Step step) {
		if (step.backend().isShared() && !this.isSecretConfigured && this.throttles.probe(step).isCountingSecrets()) {
			throw new InvalidThrottleConfigurationException(Mistake.MISSING_HASH_SECRET,
					"The throttle '" + step.name()
							+ "' counts secrets in a shared backend, but there is no key to hash them with.",
					"Set the property 'throttle.client.hash-secret', or the environment variable THROTTLE_CLIENT_HASHSECRET, to a long random value, the same in every instance of the application.");
		}
	}

	private Set<Scope> usedScopes(Collection<HandlerThrottles> handlers) {
		Set<Scope> used = scopesAtHandlers(handlers);
		used.addAll(scopes(this.throttles.filter().steps()));
		return used;
	}

	private Set<Scope> scopesAtHandlers(Collection<HandlerThrottles> handlers) {
		Set<Step> applied = new HashSet<>(this.throttles.defaults());
		Set<Scope> used = new HashSet<>(this.inCode.get());
		for (HandlerThrottles handler : handlers) {
			applied.addAll(handler.applied().steps());
			used.addAll(handler.scopes());
		}
		used.addAll(scopes(applied));
		return used;
	}

	private Set<Scope> scopes(Collection<Step> steps) {
		Set<Scope> scopes = new HashSet<>();
		steps.forEach((step) -> scopes.addAll(this.throttles.scopes(step)));
		return scopes;
	}

	private void checkUnusedRates(Collection<HandlerThrottles> handlers, Set<Scope> used) {
		for (Scope scope : rates().asMap().keySet()) {
			if (!used.contains(scope)) {
				throw unused(scope, handlers);
			}
		}
	}

	private void checkOutgoing() {
		this.handlers.described()
			.forEach((handler) -> this.outgoing.check(handler.reason(), handler.throttles().declared().scopes()));
		this.throttles.all()
			.forEach((step) -> this.outgoing.check("The throttle '" + step.name() + "'", this.throttles.scopes(step)));
	}

	/**
	 * Check the unlimited scopes for misspellings: otherwise the intended scope would
	 * stay limited.
	 */
	private void checkUnlimited(Collection<HandlerThrottles> handlers) {
		Set<Scope> known = countedScopes(handlers);
		for (Scope scope : rates().unlimitedScopes()) {
			String meant = DidYouMean.meant(scope.name(), names(known));
			if (!meant.isEmpty() && !known.contains(scope)) {
				throw new InvalidThrottleConfigurationException(Mistake.UNUSED_RATE,
						"The property '" + rateProperty(scope)
								+ "' removes a limit, but no throttle and no handler has that scope" + meant + ".",
						"Correct the scope, or remove the property.");
			}
		}
	}

	private InvalidThrottleConfigurationException unused(Scope scope, Collection<HandlerThrottles> handlers) {
		for (Step step : this.throttles.all()) {
			if (this.throttles.scopes(step).contains(scope)) {
				return new InvalidThrottleConfigurationException(Mistake.UNUSED_RATE,
						"The rate '" + rateProperty(scope) + "' belongs to the throttle '" + step.name()
								+ "', which applies to no handler.",
						"Add '" + step.name()
								+ "' to 'throttle.defaults', add @Throttle(use = ...) with its class to a handler, or remove the rate.");
			}
		}
		if (OutgoingCheck.isOutgoing(rateProperty(scope))) {
			return new InvalidThrottleConfigurationException(Mistake.UNUSED_RATE,
					"The rate '" + rateProperty(scope)
							+ "' is of an outgoing limit, which exists only if it is set when the application starts.",
					"Restart the application, or remove the limit.");
		}
		String ofScope = scope.key() + "RateThrottle";
		if (BUILT_IN.contains(scope.key())
				&& this.throttles.all().stream().noneMatch((step) -> step.name().equals(ofScope))) {
			return new InvalidThrottleConfigurationException(Mistake.UNUSED_RATE,
					"The rate '" + rateProperty(scope) + "' belongs to the throttle '" + ofScope
							+ "', which exists only if the rate is set when the application starts.",
					"Restart the application, or remove the rate.");
		}
		Set<String> known = new HashSet<>(BUILT_IN);
		known.addAll(names(countedScopes(handlers)));
		return new InvalidThrottleConfigurationException(Mistake.UNUSED_RATE,
				"The rate '" + rateProperty(scope) + "' is not used by any throttle or handler"
						+ DidYouMean.meant(scope.name(), known) + ".",
				"Correct the scope, "
						+ (scope.equals(Scope.of(ApiKeyRateThrottle.SCOPE)) ? "set 'throttle.filter.api-key-header', "
								: "")
						+ "add @Throttle(scope = \"" + scope
						+ "\") to a handler, return the scope from the scopes() method of the throttle that uses it, set 'throttle.scopes."
						+ scope + ".in-code' to 'true' if code counts under it, or remove the rate.");
	}

	private void checkScopeProperties(Collection<HandlerThrottles> handlers) {
		Set<Scope> known = new LinkedHashSet<>(rates().asMap().keySet());
		known.addAll(rates().unlimitedScopes());
		this.throttles.all().forEach((step) -> known.addAll(step.throttle().ownRates().keySet()));
		handlers.forEach((handler) -> known.addAll(handler.scopes()));
		this.scopeProperties.forEach((scope, properties) -> {
			if (!known.contains(scope)) {
				throw noRate("'" + properties.get(0) + "'", scope, names(known));
			}
			properties.stream()
				.filter((property) -> property.endsWith(".zone"))
				.forEach((property) -> checkZone(scope, property));
		});
	}

	private void checkZone(Scope scope, String property) {
		Stream<Policy> ofPlans = rates().plans()
			.stream()
			.flatMap((plan) -> plan.policies().getOrDefault(scope, List.of()).stream());
		boolean isUsed = Stream
			.of(this.rates.rates().policies(scope).stream(),
					rates().shadowRates().getOrDefault(scope, List.of()).stream(), ofPlans)
			.flatMap(Function.identity())
			.anyMatch(Policy::isCalendar);
		if (!isUsed) {
			throw new InvalidThrottleConfigurationException(Mistake.PROPERTY_WITHOUT_EFFECT,
					"The property '" + property + "' is set, but no rate of the scope '" + scope
							+ "' counts by the calendar.",
					"Write a rate such as '1000/calendar-day', or remove the property.");
		}
	}

	/**
	 * Check that each scope that code counts under has a rate: limiters look it up with
	 * each call.
	 */
	private void checkInCode() {
		for (Scope scope : this.inCode.get()) {
			if (!this.rates.rates().contains(scope)) {
				throw new InvalidThrottleConfigurationException(Mistake.SCOPE_WITHOUT_RATE,
						"The scope '" + scope + "' is counted in code, but there is no rate for it"
								+ DidYouMean.meant(scope.name(), this.outgoing.others(rates().asMap().keySet())) + ".",
						"Set the property 'throttle.rates." + scope + "', for example to '100/hour', or to '"
								+ Rates.UNLIMITED + "' for no limit.");
			}
		}
	}

	static InvalidThrottleConfigurationException noRate(String property, Scope scope, List<String> known) {
		return new InvalidThrottleConfigurationException(Mistake.SCOPE_WITHOUT_RATE,
				"The property " + property + " is set, but the scope '" + scope + "' has no rate"
						+ DidYouMean.meant(scope.name(), known) + ".",
				(known.isEmpty() ? "Set" : "Use a scope that has a rate: " + DidYouMean.list(known) + ", or set")
						+ " 'throttle.rates." + scope + "', or remove the property.");
	}

	private void checkCosts() {
		CostCheck check = new CostCheck(this.rates);
		for (DescribedHandler handler : this.handlers.described()) {
			handler.throttles()
				.declared()
				.costs()
				.forEach((scope, cost) -> check.check(handler.reason(), "request", scope, cost));
		}
	}

	/**
	 * Return the scopes of throttles and handlers.
	 */
	private Set<Scope> countedScopes(Collection<HandlerThrottles> handlers) {
		Set<Scope> counted = new LinkedHashSet<>(this.inCode.get());
		this.throttles.all().forEach((step) -> counted.addAll(this.throttles.scopes(step)));
		handlers.forEach((handler) -> counted.addAll(handler.scopes()));
		return counted;
	}

	private static List<String> names(Collection<Scope> scopes) {
		return scopes.stream().map(Scope::name).toList();
	}

	/**
	 * Return the name of the property that sets the rate of a scope.
	 */
	private String rateProperty(Scope scope) {
		List<String> properties = this.scopeProperties.get(scope);
		return (properties != null) ? properties.get(0) : "throttle.rates." + scope;
	}

}
