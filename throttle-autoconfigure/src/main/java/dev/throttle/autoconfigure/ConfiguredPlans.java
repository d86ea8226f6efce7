package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.PlanResolver;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.engine.Rates;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * The plans under {@code throttle.plans}. Their names, and the scopes of their rates, may
 * be spelled in any way, but in one way by each property source.
 */
final class ConfiguredPlans {

	private static final ConfigurationPropertyName PLANS = ConfigurationPropertyName.of("throttle.plans");

	private static final String RATES = "rates";

	private final Environment environment;

	/** The plans by name, in the order of configuration. */
	private final Map<String, PlanProperties> plans = new LinkedHashMap<>();

	ConfiguredPlans(ThrottleProperties properties, Environment environment) {
		this.environment = environment;
		Map<String, String> spellings = new HashMap<>();
		properties.getPlans().forEach((name, plan) -> {
			String first = spellings.computeIfAbsent(ConfiguredScopes.key(name), (key) -> name);
			this.plans.merge(first, plan, PlanProperties::over);
		});
	}

	/**
	 * Return rates with those of the plans.
	 * @param usual the rates without plans
	 * @throws InvalidThrottleConfigurationException if a plan, a scope or a rate is not
	 * valid, or one property source spells a plan or a scope in two ways
	 */
	Rates addTo(Rates usual) {
		ConfigurationPropertySources.get(this.environment).forEach((source) -> {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				checkSpellings(iterable.stream().filter(PLANS::isAncestorOf));
			}
		});
		Rates rates = usual;
		for (Map.Entry<String, PlanProperties> plan : this.plans.entrySet()) {
			rates = add(rates, plan.getKey(), plan.getValue());
		}
		return rates;
	}

	boolean isEmpty() {
		return this.plans.isEmpty();
	}

	/**
	 * Return the properties of a plan; without values if it does not exist.
	 */
	PlanProperties plan(String name) {
		return this.plans.getOrDefault(name, new PlanProperties());
	}

	/**
	 * Return the names of the plans that have only users and authorities.
	 */
	Set<String> ofUsers() {
		return this.plans.entrySet()
			.stream()
			.filter((plan) -> plan.getValue()
				.getClients()
				.stream()
				.allMatch((client) -> client.trim().startsWith(PlanMembers.USER)))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	/**
	 * Return who determines the plan of a client: the resolvers of the application, then
	 * the properties {@code clients}, then {@code authorities}.
	 * @param beans the resolvers of the application by name, in their order
	 * @param ipv6Prefix the prefix length of the IPv6 networks that are one client
	 * @throws InvalidThrottleConfigurationException if clients are not valid or have two
	 * plans, or there is a plan that nobody can have
	 */
	PlanResolver resolver(Map<String, PlanResolver> beans, int ipv6Prefix) {
		if (this.plans.isEmpty() && !beans.isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.PLAN_WITHOUT_RATES,
					"There is the PlanResolver '" + beans.keySet().iterator().next() + "', but there are no plans.",
					"Set '" + PropertyNames.ofPlan("<plan>", RATES + ".<scope>") + "', or remove the PlanResolver.");
		}
		PlanClients clients = new PlanMembers(this.plans, ipv6Prefix).read();
		if (beans.isEmpty()) {
			clients.members().stream().filter(PlanClients.Members::isEmpty).findFirst().ifPresent((nobody) -> {
				throw new InvalidThrottleConfigurationException(Mistake.PLAN_WITHOUT_CLIENTS,
						"The plan '" + nobody.plan() + "' has no clients, and there is no PlanResolver.",
						"Set '" + PropertyNames.ofPlan(nobody.plan(), "authorities") + "' or '"
								+ PropertyNames.ofPlan(nobody.plan(), "clients")
								+ "', or declare a bean of type PlanResolver.");
			});
			return clients;
		}
		List<PlanResolver> resolvers = new ArrayList<>(beans.values());
		resolvers.add(clients);
		return new PlanResolvers(List.copyOf(resolvers));
	}

	private static Rates add(Rates usual, String plan, PlanProperties properties) {
		checkName(plan);
		boolean isShadow = Boolean.TRUE.equals(properties.getShadow());
		Map<Scope, List<Rate>> byScope = new LinkedHashMap<>();
		Rates rates = usual;
		for (Map.Entry<String, String> rate : properties.getRates().entrySet()) {
			String property = PropertyNames.ofPlan(plan, RATES + "." + rate.getKey());
			Scope scope = ConfiguredScopes.scope(rate.getKey(), property);
			if (byScope.putIfAbsent(asConfigured(scope, usual),
					ConfiguredScopes.parse(property, rate.getValue())) == null) {
				rates = ConfiguredScopes.set(property, rates, scope, List.of(),
						(before, any, none) -> before.withPlan(plan, isShadow, byScope));
			}
		}
		if (byScope.isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.PLAN_WITHOUT_RATES,
					"The plan '" + plan + "' has no rates.",
					"Set '" + PropertyNames.ofPlan(plan, RATES) + ".<scope>', or remove the plan.");
		}
		return rates;
	}

	private static void checkName(String plan) {
		try {
			Scope.of(plan);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					Mistake.INVALID_NAME, "The property '" + PropertyNames.ofPlan(plan, "*") + "' names the plan '"
							+ plan + "', which is not a valid name.",
					"Use letters and digits, separated by '-', '_' or '.'.");
		}
	}

	/**
	 * Return a scope as its usual rate spells it, so that the headers do.
	 */
	private static Scope asConfigured(Scope scope, Rates usual) {
		return Stream.concat(usual.asMap().keySet().stream(), usual.unlimitedScopes().stream())
			.filter(scope::equals)
			.findFirst()
			.orElse(scope);
	}

	private static void checkSpellings(Stream<ConfigurationPropertyName> names) {
		Map<String, String> spellings = new HashMap<>();
		int first = PLANS.getNumberOfElements();
		names.forEach((name) -> {
			String plan = name.getElement(first, Form.ORIGINAL);
			String key = ConfiguredScopes.key(plan);
			checkSpelling(spellings, key, PropertyNames.ofPlan(plan, "*"), "plan");
			int length = name.getNumberOfElements();
			if (length > first + 2 && name.getElement(first + 1, Form.UNIFORM).equals(RATES)) {
				if (name.isNumericIndex(length - 1)) {
					throw new InvalidThrottleConfigurationException(Mistake.INVALID_RATE,
							"The property '" + name.getParent() + "' is a list.",
							"Write the rates of a scope as one comma-separated value, such as '60/min, 1000/day'.");
				}
				String scope = IntStream.range(first + 2, length)
					.mapToObj((index) -> name.getElement(index, Form.ORIGINAL))
					.collect(Collectors.joining("."));
				checkSpelling(spellings, key + "/" + ConfiguredScopes.key(scope),
						PropertyNames.ofPlan(plan, RATES + "." + scope), "scope");
			}
		});
	}

	private static void checkSpelling(Map<String, String> spellings, String key, String property, String what) {
		String other = spellings.putIfAbsent(key, property);
		if (other != null && !other.equals(property)) {
			throw new InvalidThrottleConfigurationException(Mistake.TWO_SPELLINGS,
					"The properties '" + other + "' and '" + property + "' are two spellings of one " + what + ".",
					"Use the same spelling in both.");
		}
	}

}
