package dev.throttle.autoconfigure;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.http.RetryListener;
import dev.throttle.http.RetryRules;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.util.function.SingletonSupplier;

/**
 * The rules by which all HTTP clients of the application send refused requests again. One
 * bean, so that they share a budget.
 */
@Configuration(proxyBeanMethods = false)
class RetryConfiguration {

	private static final String PREFIX = "throttle.http-client.retry.";

	private static final Pattern PERCENTAGE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,4})?)\\s*%");

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean
	RetryRules throttleRetryRules(ThrottleProperties properties, ObjectProvider<RetryListener> listeners) {
		HttpClientProperties.Retry retry = properties.getHttpClient().getRetry();
		RetryRules.Builder rules = RetryRules.builder();
		set("max-retries", retry.getMaxRetries(), () -> rules.maxRetries(retry.getMaxRetries()),
				"Set it to 1 or more, or set '" + PREFIX + "enabled' to 'false'.");
		set("max-wait", DurationStyle.SIMPLE.print(retry.getMaxWait()), () -> rules.maxWait(retry.getMaxWait()),
				"Set it to a duration such as '30s', or set '" + PREFIX + "enabled' to 'false'.");
		set("budget", retry.getBudget(), () -> rules.budget(share(retry.getBudget())),
				"Set it to a percentage of all requests, such as '10%'.");
		set("hosts", String.join(", ", retry.getHosts()), () -> rules.hosts(retry.getHosts()),
				"Write names without a scheme, port or path, such as 'api.example.com', or '*.example.com' for all its subdomains. Remove the property for all hosts.");
		// looked up late: a listener may itself need an HTTP client
		SingletonSupplier<List<RetryListener>> all = SingletonSupplier.of(() -> listeners.orderedStream().toList());
		return rules.listener((outcome) -> all.obtain().forEach((listener) -> listener.refused(outcome))).build();
	}

	private static double share(String budget) {
		Matcher percentage = PERCENTAGE.matcher(budget.trim());
		if (!percentage.matches()) {
			throw new IllegalArgumentException("it must be a percentage");
		}
		return Double.parseDouble(percentage.group(1)) / 100;
	}

	private static void set(String property, Object value, Runnable setter, String action) {
		try {
			setter.run();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property '" + PREFIX + property + "' is '" + value + "', but " + ex.getMessage() + ".",
					action);
		}
	}

}
