package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.engine.RateRegistry;
import dev.throttle.http.OutgoingLimits;
import dev.throttle.http.PacingListener;
import dev.throttle.limiter.RateLimiters;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.util.function.SingletonSupplier;

/**
 * The limits of calls that go out, which all HTTP clients of the application share. If
 * throttling is off, there are none.
 */
@Configuration(proxyBeanMethods = false)
class OutgoingConfiguration {

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean
	OutgoingLimits throttleOutgoingLimits(ThrottleProperties properties, ConfiguredScopes scopes, RateRegistry rates,
			ObjectProvider<RateLimiters> limiters, ObjectProvider<PacingListener> listeners) {
		// looked up late: a listener or what limiters use may itself need an HTTP client
		SingletonSupplier<List<PacingListener>> all = SingletonSupplier.of(() -> listeners.orderedStream().toList());
		OutgoingLimits.Builder builder = OutgoingLimits
			.builder(SingletonSupplier.of(limiters::getObject), rates, new LimiterWorkers())
			.listener((scope, waited, isSent) -> all.obtain()
				.forEach((listener) -> listener.waited(scope, waited, isSent)));
		return (properties.isEnabled() ? scopes.outgoing().addTo(builder) : builder).build();
	}

	@Bean
	OutgoingReport throttleOutgoingReport(ConfiguredScopes scopes, ConfigurableApplicationContext context,
			ObjectProvider<TestSlice> slice) {
		return new OutgoingReport(scopes.outgoing(), context, slice.getIfAvailable() != null);
	}

}
