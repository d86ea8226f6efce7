package dev.throttle.http;

import java.util.Set;
import java.util.TreeSet;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Three scopes, each of which counts a user's requests with one class of answers, so that
 * the two others are given back.
 */
@Configuration(proxyBeanMethods = false)
@Import(SettledScopes.class)
class StatusClasses {

	static final String[] PROPERTIES = { "throttle.scopes.successes.rate=100/hour",
			"throttle.scopes.successes.count-status=2xx, 3xx", "throttle.scopes.refusals.rate=100/hour",
			"throttle.scopes.refusals.count-status=4xx", "throttle.scopes.failures.rate=100/hour",
			"throttle.scopes.failures.count-status=5xx" };

	/**
	 * Return the scopes that give a request back.
	 */
	static Set<String> givingBack(int status) {
		Set<String> scopes = new TreeSet<>(Set.of("successes", "refusals", "failures"));
		scopes.remove((status < 400) ? "successes" : (status < 500) ? "refusals" : "failures");
		return scopes;
	}

	@Bean
	ByUser successes() {
		return new ByUser("successes");
	}

	@Bean
	ByUser refusals() {
		return new ByUser("refusals");
	}

	@Bean
	ByUser failures() {
		return new ByUser("failures");
	}

	static class ByUser extends SimpleRateThrottle {

		ByUser(String scope) {
			super(scope);
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			String user = request.user();
			return (user != null) ? Client.user(user) : null;
		}

	}

}
