package dev.throttle.handler;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.throttle.BaseThrottle;
import dev.throttle.Policy;
import dev.throttle.Rates;
import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.HandlerPlan.DeclaredScope;
import dev.throttle.handler.HandlerPlans.PlannedHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Finds limits that would have no effect, once all throttles and handlers are known.
 *
 * @since 1.0.0
 */
public final class ConfigurationCheck {

	private final ThrottleRegistry throttles;

	private final RateRegistry rates;

	private final HandlerPlans plans;

	private final boolean isSecretConfigured;

	private final Map<String, List<String>> scopeProperties;

	/**
	 * Create a check.
	 * @param throttles the throttles
	 * @param rates the rates, of which the configured ones are checked
	 * @param plans the plans of the handlers
	 * @param isSecretConfigured whether secrets are hashed with a configured key
	 * @param scopeProperties the names of the properties of each scope, in any spelling,
	 * that of its rate first
	 */
	public ConfigurationCheck(ThrottleRegistry throttles, RateRegistry rates, HandlerPlans plans,
			boolean isSecretConfigured, Map<String, List<String>> scopeProperties) {
		this.throttles = throttles;
		this.rates = rates;
		this.plans = plans;
		this.isSecretConfigured = isSecretConfigured;
		this.scopeProperties = scopeProperties;
	}

	/**
	 * Refuse limits in an application in which nothing is throttled.
	 * @param rates the rates
	 * @param beanFactory the beans, of which none may be annotated with
	 * {@link dev.throttle.Throttle @Throttle}; null where they are not looked at
	 * @param reason why nothing is throttled, as in {@code this is not a web application}
	 * @param action what to do
	 * @throws InvalidThrottleConfigurationException if there is a limit
	 */
	public static void refuseLimits(Rates rates, @Nullable ConfigurableListableBeanFactory beanFactory, String reason,
			String action) {
		String declaration = (beanFactory != null)
				? new UnreadDeclarations(beanFactory, (element) -> false).firstThrottle() : null;
		boolean ratesAreSet = !rates.asMap().isEmpty();
		if (ratesAreSet || declaration != null) {
			throw new InvalidThrottleConfigurationException(
					(ratesAreSet ? "Rates are set in 'throttle.rates'" : "There is " + declaration) + ", but " + reason
							+ ".",
					action);
		}
	}

	/**
	 * Check that each {@link dev.throttle.Throttle @Throttle} and
	 * {@link dev.throttle.Unthrottled @Unthrottled} applies to some request.
	 * @param beanFactory the beans on which they may stand
	 * @throws InvalidThrottleConfigurationException if one does not
	 */
	public void checkDeclarations(ConfigurableListableBeanFactory beanFactory) {
		new UnreadDeclarations(beanFactory, this.plans::reads).check();
		this.plans.checkExemptions();
	}

	/**
	 * Check throttles and rates against each other and against the handlers.
	 * @throws InvalidThrottleConfigurationException if a limit would have no effect
	 */
	public void check() {
		List<HandlerPlan> plans = this.plans.planned().stream().map(PlannedHandler::plan).toList();
		for (Step step : this.throttles.all()) {
			checkScopes(step);
			checkSecret(step);
		}
		checkUnusedRates(plans);
		checkUnlimited(plans);
		checkScopeProperties(plans);
	}

	/**
	 * Find the throttles whose clients anybody can make up with a header, and warn where
	 * that can fill a shared store.
	 * @return the throttles with their headers, for a reader, empty where there are none
	 */
	public String madeUpClients() {
		MadeUpClients clients = new MadeUpClients(this.throttles.all(), rates());
		clients.warnWhereNothingBoundsThem(this.plans.planned());
		return clients.describe();
	}

	private Rates rates() {
		return this.rates.configured();
	}

	private void checkScopes(Step step) {
		for (String scope : step.throttle().scopes()) {
			if (!rates().contains(canonical(scope, step))) {
				throw new InvalidThrottleConfigurationException(
						"The throttle '" + step.name() + "' has the scope '" + scope + "', but there is no rate for it"
								+ DidYouMean.meant(scope, HandlerScopes.spelled(rates())) + ".",
						"Set the property 'throttle.rates." + scope
								+ "', for example to '100/hour', or remove the throttle.");
			}
		}
	}

	private static String canonical(String scope, Step step) {
		try {
			return Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The throttle '" + step.name() + "' returns '" + scope + "', which cannot be a scope.",
					"Return a scope of letters and digits, separated by '-', '_' or '.'.");
		}
	}

	private void checkSecret(Step step) {
		if (step.throttle().secretIdents() && step.backend().shared() && !this.isSecretConfigured) {
			throw new InvalidThrottleConfigurationException("The throttle '" + step.name()
					+ "' counts by secrets in a backend that other processes share, but there is no key under which to hash them.",
					"Set the property 'throttle.client.hash-secret', or the environment variable THROTTLE_CLIENT_HASHSECRET, to a long random text, the same in every instance of the application.");
		}
	}

	private void checkUnusedRates(Collection<HandlerPlan> plans) {
		Set<Step> applied = new HashSet<>(this.throttles.defaults());
		Set<String> used = new HashSet<>();
		for (HandlerPlan plan : plans) {
			applied.addAll(plan.throttles().steps());
			plan.scopes().forEach((scope) -> used.add(scope.scope()));
		}
		applied.forEach((step) -> step.throttle().scopes().forEach((scope) -> used.add(canonical(scope, step))));
		rates().asMap().forEach((scope, policies) -> {
			if (!used.contains(scope)) {
				throw unused(scope, policies.get(0).name(), plans);
			}
		});
	}

	/**
	 * Check the scopes without a limit for misspellings: the rate that was meant would
	 * stay in force.
	 */
	private void checkUnlimited(Collection<HandlerPlan> plans) {
		Set<String> known = new HashSet<>();
		for (Step step : this.throttles.all()) {
			known.addAll(step.throttle().scopes());
			step.throttle().ownPolicies().forEach((policy) -> known.add(policy.scope()));
		}
		plans.forEach((plan) -> plan.scopes().forEach((declared) -> known.add(spelled(declared))));
		for (String scope : rates().unlimitedScopes()) {
			String canonical = Scope.canonical(scope);
			String meant = DidYouMean.meant(scope, known);
			if (!meant.isEmpty() && known.stream().noneMatch((other) -> Scope.canonical(other).equals(canonical))) {
				throw new InvalidThrottleConfigurationException(
						"The property '" + rateProperty(scope)
								+ "' takes a limit away, but no throttle and no handler has that scope" + meant + ".",
						"Correct the scope, or remove the property.");
			}
		}
	}

	private InvalidThrottleConfigurationException unused(String scope, String name, Collection<HandlerPlan> plans) {
		List<Step> idle = this.throttles.all().stream().filter((step) -> has(step.throttle(), scope)).toList();
		if (!idle.isEmpty()) {
			return new InvalidThrottleConfigurationException(
					"The rate '" + rateProperty(name) + "' is that of the throttle '" + idle.get(0).name()
							+ "', which applies to no handler.",
					"Add '" + idle.get(0).name()
							+ "' to 'throttle.defaults', name its class in the @Throttle(use = ...) of a handler, or remove the rate.");
		}
		return new InvalidThrottleConfigurationException(
				"The rate '" + rateProperty(name) + "' is used by no throttle and no handler" + meantUsed(name, plans)
						+ ".",
				"Correct the scope, declare it on a handler with @Throttle(scope = \"" + name
						+ "\"), return it from the scopes() of the throttle that looks it up, or remove the rate.");
	}

	private void checkScopeProperties(Collection<HandlerPlan> plans) {
		Map<String, String> known = scopesWithARate(plans);
		this.scopeProperties.forEach((scope, properties) -> {
			if (!known.containsKey(Scope.canonical(scope))) {
				throw new InvalidThrottleConfigurationException(
						"The property '" + properties.get(0) + "' is set, but the scope '" + scope + "' has no rate"
								+ DidYouMean.meant(scope, known.values()) + ".",
						(known.isEmpty() ? "Set" : "Write one of the scopes that have a rate: "
								+ DidYouMean.list(known.values()) + ", or set") + " 'throttle.rates." + scope
								+ "', or remove the property.");
			}
		});
	}

	/**
	 * Return the name of the property that has the rate of a scope.
	 */
	private String rateProperty(String scope) {
		return this.scopeProperties.entrySet()
			.stream()
			.filter((entry) -> Scope.canonical(entry.getKey()).equals(Scope.canonical(scope)))
			.map((entry) -> entry.getValue().get(0))
			.findFirst()
			.orElse("throttle.rates." + scope);
	}

	/**
	 * Return the scopes that have a rate, as they are spelled, by their canonical form.
	 */
	private Map<String, String> scopesWithARate(Collection<HandlerPlan> plans) {
		Map<String, String> names = new HashMap<>();
		rates().asMap().forEach((scope, policies) -> names.put(scope, policies.get(0).name()));
		rates().unlimitedScopes().forEach((scope) -> names.put(Scope.canonical(scope), scope));
		for (Step step : this.throttles.all()) {
			step.throttle()
				.ownPolicies()
				.forEach((policy) -> names.put(Scope.canonical(policy.scope()), policy.scope()));
		}
		for (HandlerPlan plan : plans) {
			for (DeclaredScope scope : plan.scopes()) {
				names.put(scope.scope(), spelled(scope));
			}
		}
		return names;
	}

	private static boolean has(BaseThrottle throttle, String scope) {
		return throttle.scopes().stream().anyMatch((other) -> Scope.canonical(other).equals(scope));
	}

	private String meantUsed(String name, Collection<HandlerPlan> plans) {
		Set<String> known = new HashSet<>(Set.of("anon", "user"));
		this.throttles.all().forEach((step) -> known.addAll(step.throttle().scopes()));
		plans.forEach((plan) -> plan.scopes().forEach((declared) -> known.add(spelled(declared))));
		return DidYouMean.meant(name, known);
	}

	private String spelled(DeclaredScope declared) {
		List<Policy> policies = declared.policies(rates());
		return policies.isEmpty() ? declared.scope() : policies.get(0).scope();
	}

}
