package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
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

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean
	RetryRules throttleRetryRules(ThrottleProperties properties, ObjectProvider<RetryListener> listeners) {
		HttpClientProperties.Retry retry = properties.getHttpClient().getRetry();
		RetryRules.Builder rules = RetryRules.builder();
		set("max-retries", retry.getMaxRetries(), () -> rules.maxRetries(retry.getMaxRetries()),
				"Set it to 1 or more, or remove the property.");
		set("max-wait", DurationStyle.SIMPLE.print(retry.getMaxWait()), () -> rules.maxWait(retry.getMaxWait()),
				"Set it to a duration such as '30s', or remove the property.");
		set("budget", retry.getBudget(), () -> rules.budget(Share.of(PREFIX + "budget", retry.getBudget())),
				"Set it to a share of all requests, such as '10%', or remove the property.");
		set("hosts", String.join(", ", retry.getHosts()), () -> rules.hosts(retry.getHosts()),
				"Write names without a scheme, port or path, such as 'api.example.com', or '*.example.com' for all its subdomains. Remove the property for all hosts.");
		// looked up late: a listener may itself need an HTTP client
		SingletonSupplier<List<RetryListener>> all = SingletonSupplier.of(() -> listeners.orderedStream().toList());
		return rules.listener((outcome) -> all.obtain().forEach((listener) -> listener.refused(outcome))).build();
	}

	private static void set(String property, Object value, Runnable setter, String action) {
		try {
			setter.run();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE,
					"The property '" + PREFIX + property + "' is '" + value + "', but " + ex.getMessage() + ".",
					action);
		}
	}

}
