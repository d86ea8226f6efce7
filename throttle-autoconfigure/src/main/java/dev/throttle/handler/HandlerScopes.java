package dev.throttle.handler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.handler.HandlerDeclaration.Throttled;

import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * Reads the scopes and rates that handlers declare.
 */
final class HandlerScopes {

	private final Map<Scope, String> derivedScopes = new ConcurrentHashMap<>();

	private final Set<NeededRate> neededRates = ConcurrentHashMap.newKeySet();

	private final RateRegistry rates;

	private final OutgoingCheck outgoing;

	private final StringValueResolver placeholders;

	private final Predicate<Scope> countedByDefault;

	/**
	 * Create an instance.
	 * @param countedByDefault tells the scopes that no handler can declare
	 */
	HandlerScopes(RateRegistry rates, OutgoingCheck outgoing, StringValueResolver placeholders,
			Predicate<Scope> countedByDefault) {
		this.rates = rates;
		this.outgoing = outgoing;
		this.placeholders = placeholders;
		this.countedByDefault = countedByDefault;
	}

	/**
	 * Read what a handler declares.
	 * @param ownRates receives the rates that the handler declares itself
	 * @return its scopes
	 */
	DeclaredScopes read(HandlerDeclaration declaration, Map<Scope, List<Rate>> ownRates) {
		List<Scope> scopes = new ArrayList<>();
		Map<Scope, Long> costs = new HashMap<>();
		for (Throttled throttled : declaration.throttles()) {
			if (!throttled.key().isEmpty()) {
				throw new InvalidThrottleConfigurationException(Mistake.ANNOTATION_WITHOUT_EFFECT,
						"@Throttle on " + declaration.where()
								+ " declares a key, but handlers count the user or the address.",
						"Remove the key. To count by something else, declare a throttle that returns that client, or put @Throttle on a method that the handler calls.");
			}
			if (throttled.hasScope()) {
				Scope scope = read(throttled, declaration, ownRates);
				if (scopes.contains(scope)) {
					throw twice(declaration);
				}
				scopes.add(scope);
				if (throttled.hasCost()) {
					costs.put(scope, cost(throttled, declaration));
				}
			}
			else if (throttled.hasCost()) {
				throw new InvalidThrottleConfigurationException(Mistake.ANNOTATION_WITHOUT_EFFECT,
						"@Throttle on " + declaration.where() + " declares a cost, but neither a scope nor a rate.",
						"Add the scope under which the cost is counted, as in @Throttle(scope = \"tokens\", cost = 4000).");
			}
		}
		return new DeclaredScopes(scopes, costs);
	}

	static InvalidThrottleConfigurationException twice(HandlerDeclaration declaration) {
		return new InvalidThrottleConfigurationException(Mistake.COUNTED_TWICE,
				"Two @Throttle on " + declaration.where()
						+ " have the same scope, so each request would be counted twice.",
				"Give each its own scope, or combine their rates in one annotation, as in '10/min, 100/day'.");
	}

	/**
	 * Read the scope of one annotation.
	 * @param ownRates receives the rate that it declares itself
	 */
	Scope read(Throttled throttled, HandlerDeclaration declaration, Map<Scope, List<Rate>> ownRates) {
		String declared = resolve(throttled.scope(), declaration);
		String rate = resolve(throttled.rate(), declaration);
		Scope scope = StringUtils.hasText(declared) ? scope(declared.trim(), declaration) : derivedScope(declaration);
		if (!throttled.rate().isEmpty()) {
			ownRates.put(scope, Rates.isUnlimited(rate) ? List.of() : rates(rate, declaration));
		}
		else {
			checkRate(scope, "@Throttle on " + declaration.where(), ", or declare a rate in the annotation");
		}
		return scope;
	}

	/**
	 * Check that a rate is configured for a scope.
	 * @param declaration what declares the scope, for the message
	 * @param alternative what can be done instead if no scope has a rate
	 */
	void checkRate(Scope scope, String declaration, String alternative) {
		NeededRate needed = new NeededRate(scope, declaration, alternative);
		needed.check(this.rates.configured(), this::declarable);
		this.neededRates.add(needed);
	}

	/**
	 * Check that other rates have one for each scope that needs one.
	 */
	void checkRates(Rates configured) {
		this.neededRates.forEach((needed) -> needed.check(configured, this::declarable));
	}

	/**
	 * Return the names of the scopes with rates that a handler can declare.
	 */
	private List<String> declarable(Rates configured) {
		return this.outgoing
			.others(configured.asMap().keySet().stream().filter(this.countedByDefault.negate()).toList());
	}

	/**
	 * Return the names of the scopes that have a rate.
	 */
	static List<String> names(Rates rates) {
		return rates.asMap().keySet().stream().map(Scope::name).toList();
	}

	private static Scope scope(String name, HandlerDeclaration declaration) {
		try {
			return Scope.of(name);
		}
		catch (IllegalArgumentException ex) {
			throw notValid("@Throttle on " + declaration.where(), name);
		}
	}

	static InvalidThrottleConfigurationException notValid(String declaration, String name) {
		return new InvalidThrottleConfigurationException(Mistake.INVALID_NAME,
				declaration + " declares '" + name + "', which is not a valid scope.",
				"Use letters and digits, separated by '-', '_' or '.'.");
	}

	private static List<Rate> rates(String rate, HandlerDeclaration declaration) {
		try {
			return Rate.parseAll(rate);
		}
		catch (InvalidRateException ex) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_RATE,
					"@Throttle on " + declaration.where() + " declares the rate '" + ex.getText()
							+ "', which is not a rate. At column " + ex.getColumn() + ": " + ex.getReason() + ".",
					"Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
		}
	}

	private long cost(Throttled throttled, HandlerDeclaration declaration) {
		String text = costText(throttled, declaration);
		return positive(CostCheck.number(text).orElse(0), text, declaration);
	}

	/**
	 * Return the cost that an annotation declares: a positive number, or what is written
	 * in {@code costString}.
	 */
	String costText(Throttled throttled, HandlerDeclaration declaration) {
		if (!throttled.hasCost()) {
			return "1";
		}
		if (throttled.costString().isEmpty()) {
			return Long.toString(positive(throttled.cost(), Long.toString(throttled.cost()), declaration));
		}
		if (throttled.cost() != -1) {
			throw new InvalidThrottleConfigurationException(Mistake.CONTRADICTORY_ANNOTATIONS,
					"@Throttle on " + declaration.where() + " declares both 'cost' and 'costString'.",
					"Remove one of them.");
		}
		return resolve(throttled.costString(), declaration).trim();
	}

	private static long positive(long cost, String text, HandlerDeclaration declaration) {
		if (cost < 1) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_COST,
					"@Throttle on " + declaration.where() + " declares the cost '" + text
							+ "', which is not a positive whole number.",
					"Write a number of permits, as in cost = 4000 or costString = \"${tokens.reserve:4000}\".");
		}
		return cost;
	}

	private Scope derivedScope(HandlerDeclaration declaration) {
		Scope scope = scope(declaration.name().replaceAll("[^A-Za-z0-9._-]", "_"), declaration);
		String other = this.derivedScopes.putIfAbsent(scope, declaration.where());
		if (other != null && !other.equals(declaration.where())) {
			throw new InvalidThrottleConfigurationException(Mistake.TWO_RATES,
					"@Throttle on " + other + " and @Throttle on " + declaration.where()
							+ " declare a rate without a scope, and both would get the scope '" + scope + "'.",
					"Add a scope to one of them.");
		}
		return scope;
	}

	private String resolve(String text, HandlerDeclaration declaration) {
		try {
			String resolved = this.placeholders.resolveStringValue(text);
			return (resolved != null) ? resolved : "";
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(Mistake.UNRESOLVED_PLACEHOLDER,
					"@Throttle on " + declaration.where() + " has a placeholder that cannot be resolved: "
							+ ex.getMessage() + ".",
					"Set the property that the placeholder names, or add a default after a colon, as in '${uploads.rate:20/day}'.");
		}
	}

	/**
	 * A scope that needs a configured rate, and what declares it.
	 */
	private record NeededRate(Scope scope, String declaration, String alternative) {

		void check(Rates configured, Function<Rates, List<String>> declarable) {
			if (!configured.contains(this.scope)) {
				List<String> known = declarable.apply(configured);
				String instead = known.isEmpty() ? this.alternative
						: ", or declare a scope that has a rate: " + DidYouMean.list(known);
				throw new InvalidThrottleConfigurationException(Mistake.SCOPE_WITHOUT_RATE,
						this.declaration + " declares the scope '" + this.scope + "', but there is no rate for it"
								+ DidYouMean.meant(this.scope.name(), known) + ".",
						"Set the property 'throttle.rates." + this.scope + "', for example to '100/hour'" + instead
								+ ".");
			}
		}

	}

}
