package dev.throttle.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.InvalidRateException;
import dev.throttle.Policy;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.HandlerDeclaration.Throttled;
import dev.throttle.handler.HandlerPlan.DeclaredScope;

import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * Reads the scopes and rates that handlers declare.
 */
final class HandlerScopes {

	private final Map<String, String> derivedScopes = new ConcurrentHashMap<>();

	private final RateRegistry rates;

	private final StringValueResolver placeholders;

	HandlerScopes(RateRegistry rates, StringValueResolver placeholders) {
		this.rates = rates;
		this.placeholders = placeholders;
	}

	List<DeclaredScope> read(HandlerDeclaration declaration) {
		List<DeclaredScope> scopes = new ArrayList<>();
		Set<String> seen = new HashSet<>();
		for (Throttled throttled : declaration.throttles()) {
			if (throttled.hasScope()) {
				DeclaredScope scope = read(throttled, declaration);
				if (!seen.add(scope.scope())) {
					throw new InvalidThrottleConfigurationException(
							"Two @Throttle on " + declaration.where()
									+ " have the same scope, so that each request would be counted twice.",
							"Give each a scope of its own, or write their rates into one of them, as in '10/min, 100/day'.");
				}
				scopes.add(scope);
			}
		}
		return List.copyOf(scopes);
	}

	/**
	 * Return the scopes that have a rate, as they are spelled.
	 */
	static List<String> spelled(Rates rates) {
		return rates.asMap().values().stream().map((policies) -> policies.get(0).name()).toList();
	}

	private DeclaredScope read(Throttled throttled, HandlerDeclaration declaration) {
		String declared = resolve(throttled.scope(), declaration);
		String rate = resolve(throttled.rate(), declaration);
		String scope = StringUtils.hasText(declared) ? declared.trim() : derivedScope(declaration);
		String canonical = canonical(scope, declaration);
		if (!throttled.rate().isEmpty()) {
			return new DeclaredScope(canonical,
					Rates.isUnlimitedText(rate) ? List.of() : ownPolicies(scope, rate, declaration),
					declaration.where());
		}
		if (!this.rates.rates().contains(canonical)) {
			Collection<String> known = spelled(this.rates.rates());
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " declares the scope '" + scope
							+ "', but there is no rate for it" + DidYouMean.meant(scope, known) + ".",
					"Set the property 'throttle.rates." + scope + "', for example to '100/hour', or declare "
							+ (known.isEmpty() ? "a rate beside the scope."
									: "one of the scopes that have a rate: " + DidYouMean.list(known) + "."));
		}
		return new DeclaredScope(canonical, List.of(), declaration.where());
	}

	private static String canonical(String scope, HandlerDeclaration declaration) {
		try {
			return Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " declares '" + scope + "', which cannot be a scope.",
					"Write a scope of letters and digits, separated by '-', '_' or '.'.");
		}
	}

	private static List<Policy> ownPolicies(String scope, String rate, HandlerDeclaration declaration) {
		try {
			return Policy.ofScope(scope, Rate.parseAll(rate));
		}
		catch (InvalidRateException ex) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + declaration.where() + " declares the rate '" + ex.getText()
							+ "', which is not a rate. At column " + ex.getColumn() + ": " + ex.getReason() + ".",
					"Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
		}
	}

	private String derivedScope(HandlerDeclaration declaration) {
		String scope = declaration.name().replaceAll("[^A-Za-z0-9._-]", "_");
		String other = this.derivedScopes.putIfAbsent(canonical(scope, declaration), declaration.where());
		if (other != null && !other.equals(declaration.where())) {
			throw new InvalidThrottleConfigurationException(
					"@Throttle on " + other + " and @Throttle on " + declaration.where()
							+ " declare a rate without a scope, and both would be counted as '" + scope + "'.",
					"Declare a scope beside the rate of one of them.");
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

}
