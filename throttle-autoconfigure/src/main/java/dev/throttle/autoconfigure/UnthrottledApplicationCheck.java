package dev.throttle.autoconfigure;

import java.util.Arrays;

import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.IneffectiveLimits;
import dev.throttle.handler.UnreadDeclarations;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Refuses limits in an application whose requests are not throttled, as it has no Spring
 * MVC.
 */
final class UnthrottledApplicationCheck implements SmartInitializingSingleton {

	private static final String OFF = "Set 'throttle.enabled' to 'false' where there is nothing to throttle, ";

	private final ConfigurableApplicationContext context;

	private final RateRegistry rates;

	UnthrottledApplicationCheck(ConfigurableApplicationContext context, RateRegistry rates) {
		this.context = context;
		this.rates = rates;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.context.containsBean(ThrottleWebMvcAutoConfiguration.STARTUP_CHECK)) {
			return;
		}
		String declaration = new UnreadDeclarations(this.context.getBeanFactory(), (element) -> false).firstThrottle();
		if (isA("ReactiveWebApplicationContext")) {
			refuse(declaration, "this is a reactive web application, whose handlers are not throttled",
					OFF + "or use Spring MVC.");
		}
		else if (isA("WebApplicationContext")) {
			refuse(declaration,
					"the application has no Spring MVC, and the handlers of others such as Jersey are not throttled",
					OFF + "or use Spring MVC.");
		}
		else {
			refuse(declaration, "this is not a web application, so that there are no requests to throttle",
					OFF + "as in a batch job or a test that runs without a web server.");
		}
	}

	private void refuse(@Nullable String declaration, String reason, String action) {
		IneffectiveLimits.check(this.rates.rates(), declaration, reason, action);
	}

	private boolean isA(String type) {
		return Arrays.stream(ClassUtils.getAllInterfaces(this.context))
			.anyMatch((implemented) -> implemented.getSimpleName().endsWith(type));
	}

}
