package dev.throttle.autoconfigure;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ConfigurationCheck;
import dev.throttle.handler.HandlerPlans;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.servlet.InterceptorOrder;
import dev.throttle.servlet.RateLimitHeadersFilter;
import dev.throttle.servlet.ThrottleFilter;
import dev.throttle.servlet.ThrottleInterceptor;
import dev.throttle.servlet.ThrottledExceptionResolver;
import dev.throttle.web.DenialLog;
import dev.throttle.web.PathSelection;
import dev.throttle.web.RateLimitHeaders;
import dev.throttle.web.ThrottledEvent;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;

/**
 * Auto-configuration for throttling the handlers of Spring MVC.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ WebMvcConfigurer.class, jakarta.servlet.Servlet.class })
public final class ThrottleWebMvcAutoConfiguration {

	static final String HANDLER_REPORT = "throttleHandlerReport";

	@Bean
	@ConditionalOnMissingBean
	ClientAddressResolver clientAddressResolver(ThrottleProperties properties, Environment environment) {
		return ClientAddresses.resolver(properties.getClient(), environment);
	}

	@Bean
	@ConditionalOnMissingBean
	RateLimitHeaders rateLimitHeaders(ThrottleProperties properties) {
		RateLimitHeaders xRateLimit = RateLimitHeaders.xRateLimit(Clock.systemUTC());
		RateLimitHeaders draft11 = RateLimitHeaders.draft11();
		return switch (properties.getHeaders()) {
			case NONE -> (decision, headers) -> {
			};
			case X_RATELIMIT -> xRateLimit;
			case DRAFT_11 -> draft11;
			case BOTH -> (decision, headers) -> {
				xRateLimit.write(decision, headers);
				draft11.write(decision, headers);
			};
		};
	}

	/**
	 * Runs last, directly before the servlet, so that it sees only the headers that a
	 * handler sets.
	 */
	@Bean
	@ConditionalOnMissingBean(name = "throttleRateLimitHeadersFilter")
	FilterRegistrationBean<RateLimitHeadersFilter> throttleRateLimitHeadersFilter(ThrottleProperties properties) {
		FilterRegistrationBean<RateLimitHeadersFilter> registration = new FilterRegistrationBean<>(
				new RateLimitHeadersFilter());
		registration.setOrder(Ordered.LOWEST_PRECEDENCE);
		registration.setEnabled(properties.isEnabled() && properties.getHeaders() != ThrottleProperties.Headers.NONE);
		return registration;
	}

	@Bean
	@ConditionalOnMissingBean
	HandlerPlans handlerPlans(ThrottleRegistry throttles, RateRegistry rates, Environment environment) {
		return new HandlerPlans(throttles, rates, environment::resolveRequiredPlaceholders);
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottleInterceptor throttleInterceptor(ThrottleEngine engine, HandlerPlans plans, ClientAddressResolver addresses,
			PathSelection paths, RateLimitHeaders headers, ConfiguredScopes scopes) {
		return new ThrottleInterceptor(engine, plans, addresses, paths, without(scopes.withoutHeaders(), headers));
	}

	/**
	 * Inside the filters that rewrite the address and observe the request, outside those
	 * of sessions and security.
	 */
	@Bean
	@ConditionalOnMissingBean(name = "throttleFilter")
	FilterRegistrationBean<ThrottleFilter> throttleFilter(ThrottleEngine engine, ThrottleRegistry throttles,
			ClientAddressResolver addresses, RateLimitHeaders headers, ConfiguredScopes scopes,
			ThrottleProperties properties, ApplicationContext context) {
		FilterRegistrationBean<ThrottleFilter> registration = new FilterRegistrationBean<>(
				new ThrottleFilter(engine, throttles.filter(), addresses, PathPatterns.ofFilter(properties, throttles),
						without(scopes.withoutHeaders(), headers), context, () -> corsFilters(context)));
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 20);
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		registration.setEnabled(!throttles.filter().steps().isEmpty());
		return registration;
	}

	private static List<CorsFilter> corsFilters(ApplicationContext context) {
		Collection<?> registrations = context.getBeansOfType(FilterRegistrationBean.class).values();
		Stream<?> registered = registrations.stream()
			.map((registration) -> ((FilterRegistrationBean<?>) registration).getFilter());
		return Stream.concat(context.getBeanProvider(CorsFilter.class).orderedStream(), registered)
			.filter(CorsFilter.class::isInstance)
			.map(CorsFilter.class::cast)
			.distinct()
			.toList();
	}

	private static RateLimitHeaders without(Set<String> hidden, RateLimitHeaders headers) {
		return hidden.isEmpty() ? headers : (decision, response) -> headers
			.write(decision.without((result) -> hidden.contains(result.policy().scope().key())), response);
	}

	@Bean
	@ConditionalOnMissingBean
	PathSelection throttlePathSelection(ThrottleProperties properties) {
		return PathPatterns.ofHandlers(properties);
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttledEventPublisher")
	DecisionListener throttledEventPublisher(ApplicationEventPublisher publisher, SecretIdents secretIdents) {
		return ThrottledEvent.publisher(publisher, secretIdents, ThrottleWebMvcAutoConfiguration::handler);
	}

	private static @Nullable Object handler(ThrottleRequest request) {
		HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
		return (servletRequest != null) ? servletRequest.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)
				: null;
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleDenialLog")
	DenialLog throttleDenialLog() {
		return new DenialLog();
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleMappedInterceptor")
	@Nullable MappedInterceptor throttleMappedInterceptor(ThrottleInterceptor interceptor, InterceptorOrder order,
			ThrottleProperties properties) {
		return properties.isEnabled() ? new MappedInterceptor((String[]) null, order.first(interceptor)) : null;
	}

	@Bean
	InterceptorOrder throttleInterceptorOrder(ApplicationContext context, ThrottleProperties properties) {
		return new InterceptorOrder(context, properties.isEnabled() ? properties.getInterceptorOrder() : null);
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottledExceptionResolver throttledExceptionResolver(ApplicationContext messages, ThrottleProperties properties) {
		return switch (properties.getExceptionHandlers()) {
			case SPECIFIC -> ThrottledExceptionResolver.first(messages);
			case ANY -> ThrottledExceptionResolver.last(messages);
		};
	}

	@Bean(HANDLER_REPORT)
	@Lazy(false)
	@ConditionalOnMissingBean(name = HANDLER_REPORT)
	HandlerReport throttleHandlerReport(ConfigurableApplicationContext context, ThrottleRegistry throttles,
			HandlerPlans plans, PathSelection paths, RateRegistry rates, SecretIdents secretIdents,
			ThrottleProperties properties, ConfiguredScopes scopes) {
		ConfigurationCheck check = new ConfigurationCheck(throttles, rates, plans, !secretIdents.isRandom(),
				properties.isEnabled() ? scopes.properties() : Map.of());
		return new HandlerReport(context, throttles, plans, paths, rates, check,
				properties.getExceptionHandlers() == ThrottleProperties.ExceptionHandlers.ANY);
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleDeploymentReport")
	@Nullable DeploymentReport throttleDeploymentReport(ThrottleProperties properties, ThrottleRegistry throttles,
			ClientAddressResolver addresses, ApplicationContext context) {
		return properties.isEnabled() ? new DeploymentReport(properties, throttles, addresses, context) : null;
	}

}
