package dev.throttle.autoconfigure;

import java.util.Arrays;
import java.util.Collection;

import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.UnthrottledApplicationCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Reports on throttling once all singletons are created: errors first, then warnings,
 * then what applies.
 */
final class StartupReport implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(StartupReport.class);

	private final boolean isEnabled;

	private final ConfigurableApplicationContext context;

	private final RateRegistry rates;

	private final ScopesInCode inCode;

	private final LimitedMethods methods;

	StartupReport(boolean isEnabled, ConfigurableApplicationContext context, RateRegistry rates, ScopesInCode inCode,
			LimitedMethods methods) {
		this.isEnabled = isEnabled;
		this.context = context;
		this.rates = rates;
		this.inCode = inCode;
		this.methods = methods;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (!this.isEnabled) {
			logger.info("Throttling is off: 'throttle.enabled' is 'false'");
			return;
		}
		if (!hasHandlers()) {
			this.methods.add(UnthrottledApplicationCheck.annotationsWithoutHandlers(this.context.getBeanFactory()));
		}
		checkNoLimits(this.rates);
		Collection<StartupContributor> contributors = contributors();
		contributors.forEach(StartupContributor::check);
		contributors.forEach(StartupContributor::warn);
		contributors.forEach(StartupContributor::inform);
	}

	/**
	 * Check other rates as those at the start are checked.
	 * @throws InvalidThrottleConfigurationException if a limit would have no effect
	 */
	void check(RateRegistry rates, ConfiguredScopes scopes) {
		checkNoLimits(rates);
		this.methods.check(rates);
		contributors().forEach((contributor) -> contributor.check(rates, scopes));
	}

	/**
	 * Return whether the application uses Spring MVC or WebFlux.
	 */
	private boolean hasHandlers() {
		return this.context.containsBean(WebConfiguration.HANDLER_REPORT);
	}

	private Collection<StartupContributor> contributors() {
		return this.context.getBeansOfType(StartupContributor.class, true, false).values();
	}

	/**
	 * Fail if there are limits in an application without Spring MVC and WebFlux that no
	 * code uses: its requests are not throttled.
	 */
	private void checkNoLimits(RateRegistry rates) {
		if (hasHandlers()) {
			return;
		}
		boolean isWeb = Arrays.stream(ClassUtils.getAllInterfaces(this.context))
			.anyMatch((implemented) -> implemented.getSimpleName().endsWith("WebApplicationContext"));
		String reason = isWeb
				? "this application uses neither Spring MVC nor WebFlux, and handlers of other frameworks such as Jersey are not throttled"
				: "this is not a web application, so there are no requests to throttle";
		String action = "Set 'throttle.enabled' to 'false' if there is nothing to throttle, " + (isWeb
				? "or use Spring MVC or WebFlux." : "as in a batch job or a test that runs without a web server.");
		UnthrottledApplicationCheck.checkNoLimits(rates.rates(), this.inCode.get(), reason, action);
	}

}
