package dev.throttle.autoconfigure;

import java.util.Arrays;

import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.ConfigurationCheck;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Refuses limits in an application without Spring MVC, whose requests are not throttled.
 */
final class UnthrottledApplicationCheck implements StartupContributor {

	private static final String OFF = "Set 'throttle.enabled' to 'false' where there is nothing to throttle, ";

	private final ConfigurableApplicationContext context;

	private final RateRegistry rates;

	UnthrottledApplicationCheck(ConfigurableApplicationContext context, RateRegistry rates) {
		this.context = context;
		this.rates = rates;
	}

	@Override
	public void check() {
		if (this.context.containsBean(ThrottleWebMvcAutoConfiguration.HANDLER_REPORT)) {
			return;
		}
		if (isA("ReactiveWebApplicationContext")) {
			refuse("this is a reactive web application, whose handlers are not throttled", OFF + "or use Spring MVC.");
		}
		else if (isA("WebApplicationContext")) {
			refuse("the application has no Spring MVC, and the handlers of others such as Jersey are not throttled",
					OFF + "or use Spring MVC.");
		}
		else {
			refuse("this is not a web application, so that there are no requests to throttle",
					OFF + "as in a batch job or a test that runs without a web server.");
		}
	}

	private void refuse(String reason, String action) {
		ConfigurationCheck.refuseLimits(this.rates.rates(), this.context.getBeanFactory(), reason, action);
	}

	private boolean isA(String type) {
		return Arrays.stream(ClassUtils.getAllInterfaces(this.context))
			.anyMatch((implemented) -> implemented.getSimpleName().endsWith(type));
	}

}
