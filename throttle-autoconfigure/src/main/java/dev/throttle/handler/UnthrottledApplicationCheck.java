package dev.throttle.handler;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.throttle.Scope;
import dev.throttle.engine.Rates;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Checks an application in which no request is throttled: the only limits are those of
 * its code.
 *
 * @since 1.0.0
 */
public final class UnthrottledApplicationCheck {

	private UnthrottledApplicationCheck() {
	}

	/**
	 * Check that an application in which no request is throttled has no limits but those
	 * of its code.
	 * @param rates the rates
	 * @param inCode the scopes that are counted in code
	 * @param reason why nothing is throttled, as in {@code this is not a web application}
	 * @param action what to do
	 * @throws InvalidThrottleConfigurationException if there is another limit
	 */
	public static void checkNoLimits(Rates rates, Collection<Scope> inCode, String reason, String action) {
		for (Scope scope : inCode) {
			if (!rates.contains(scope)) {
				throw ConfigurationCheck.noRate("'throttle.scopes." + scope + ".in-code'", scope,
						HandlerScopes.names(rates));
			}
		}
		Set<Scope> unused = new LinkedHashSet<>(rates.asMap().keySet());
		unused.removeAll(inCode);
		if (unused.isEmpty() && inCode.isEmpty() && !rates.plans().isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.NOTHING_THROTTLED,
					"Rates are set in 'throttle.plans', but " + reason + ".", action);
		}
		if (!unused.isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.NOTHING_THROTTLED,
					(inCode.isEmpty() ? "Rates are set in 'throttle.rates' or 'throttle.scopes'"
							: "There are rates that no code uses, of "
									+ DidYouMean.list(unused.stream().map(Scope::name).toList()))
							+ ", but " + reason + ".",
					"If code asks for them later, set 'throttle.scopes." + unused.iterator().next()
							+ ".in-code' to 'true'. " + action);
		}
	}

	/**
	 * Check the annotations of an application without handlers.
	 * @param beanFactory the beans that may have them
	 * @return the methods whose calls are limited
	 * @throws InvalidThrottleConfigurationException if an annotation has no effect
	 */
	public static List<BeanMethod> annotationsWithoutHandlers(ConfigurableListableBeanFactory beanFactory) {
		return new BeanAnnotations(beanFactory, MethodDeclarations::isUnthrottled).check();
	}

}
