package dev.throttle.autoconfigure;

import dev.throttle.http.OutgoingLimits;
import dev.throttle.http.RetryRules;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.web.client.RestClientCustomizer;
import org.springframework.boot.web.client.RestTemplateCustomizer;
import org.springframework.boot.web.reactive.function.client.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;

/**
 * Auto-configuration for calls that go out on Spring Boot 3.5. Its customizers are the
 * last, so that other interceptors see each request that is sent.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class)
public final class Boot3ThrottleHttpClientAutoConfiguration {

	/**
	 * {@code RestClient} and {@code RestTemplate}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = { "org.springframework.boot.web.client.RestClientCustomizer",
			"org.springframework.web.client.RestClient" })
	@Import(RetryConfiguration.class)
	static class Blocking {

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		@ConditionalOnMissingBean(name = "throttleRestClientCustomizer")
		@Nullable RestClientCustomizer throttleRestClientCustomizer(ThrottleProperties properties, RetryRules rules,
				OutgoingLimits limits) {
			ClientHttpRequestInterceptor interceptor = OutgoingInterceptor.of(properties, rules, limits);
			return (interceptor != null) ? (builder) -> builder.requestInterceptor(interceptor) : null;
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		@ConditionalOnMissingBean(name = "throttleRestTemplateCustomizer")
		@Nullable RestTemplateCustomizer throttleRestTemplateCustomizer(ThrottleProperties properties, RetryRules rules,
				OutgoingLimits limits) {
			ClientHttpRequestInterceptor interceptor = OutgoingInterceptor.of(properties, rules, limits);
			return (interceptor != null) ? (template) -> template.getInterceptors().add(interceptor) : null;
		}

	}

	/**
	 * {@code WebClient}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = { "org.springframework.boot.web.reactive.function.client.WebClientCustomizer",
			"org.springframework.web.reactive.function.client.WebClient" })
	@Import(RetryConfiguration.class)
	static class NonBlocking {

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		@ConditionalOnMissingBean(name = "throttleWebClientCustomizer")
		@Nullable WebClientCustomizer throttleWebClientCustomizer(ThrottleProperties properties, RetryRules rules,
				OutgoingLimits limits) {
			ExchangeFilterFunction filter = OutgoingFilter.of(properties, rules, limits);
			return (filter != null) ? (builder) -> builder.filter(filter) : null;
		}

	}

}
