package dev.throttle.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.MappedHandlers;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.limiter.CallingThread;
import dev.throttle.servlet.CurrentRequest;
import dev.throttle.servlet.DenialHeadersExceptionResolver;
import dev.throttle.servlet.InterceptorOrder;
import dev.throttle.servlet.RateLimitHeadersFilter;
import dev.throttle.servlet.RequestDecisions;
import dev.throttle.servlet.ServletHandlers;
import dev.throttle.servlet.ThrottleFilter;
import dev.throttle.servlet.ThrottleInterceptor;
import dev.throttle.servlet.ThrottledExceptionResolver;
import dev.throttle.servlet.UsageController;
import dev.throttle.usage.UsageReader;
import dev.throttle.web.PathSelection;
import dev.throttle.web.Preflights;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.RateLimitHeaders;
import dev.throttle.web.Settlements;
import dev.throttle.web.ThrottledEvent;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Auto-configuration for throttling requests on Spring MVC.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ WebMvcConfigurer.class, jakarta.servlet.Servlet.class })
@Import(WebConfiguration.class)
public final class ThrottleWebMvcAutoConfiguration {

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
	RequestDecisions throttleRequestDecisions(ThrottleEngine engine, Settlements settlements,
			ClientAddressResolver addresses, ProxyDetector proxyDetector) {
		return new RequestDecisions(engine, settlements, addresses, proxyDetector);
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottleInterceptor throttleInterceptor(RequestDecisions decisions, ThrottledHandlers handlers, PathSelection paths,
			RateLimitHeaders headers, ConfiguredScopes scopes) {
		return new ThrottleInterceptor(decisions, handlers, paths, headers.without(scopes.withoutHeaders()));
	}

	/**
	 * Inside the filters that rewrite the address and observe the request, outside those
	 * of sessions and security, so that it sees the status of every answer.
	 */
	@Bean
	@ConditionalOnMissingBean(name = "throttleFilter")
	FilterRegistrationBean<ThrottleFilter> throttleFilter(RequestDecisions decisions, ThrottleRegistry throttles,
			Settlements settlements, RateLimitHeaders headers, ConfiguredScopes scopes, ThrottleProperties properties,
			ApplicationContext context) {
		FilterRegistrationBean<ThrottleFilter> registration = new FilterRegistrationBean<>(
				new ThrottleFilter(decisions, throttles.filter(), PathPatterns.ofFilter(properties, throttles),
						new Preflights(properties.getFilter().getApiKeyHeader()),
						headers.without(scopes.withoutHeaders()), context, () -> corsFilters(context)));
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 20);
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		if (throttles.filter().steps().isEmpty() && settlements.isEmpty()) {
			registration.setEnabled(false);
			// Spring Boot logs this name, and that the filter is disabled
			registration.setName("throttleFilter (no throttle is in it)");
		}
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

	@Bean
	@ConditionalOnMissingBean
	CallingThread throttleCallingThread(ClientAddressResolver addresses) {
		return new CurrentThread(() -> CurrentRequest.get(addresses));
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
	ThrottledExceptionResolver throttledExceptionResolver(ApplicationContext messages, RateLimitHeaders headers,
			ConfiguredScopes scopes, ThrottleProperties properties) {
		RateLimitHeaders shown = headers.without(scopes.withoutHeaders());
		return switch (properties.getExceptionHandlers()) {
			case SPECIFIC -> ThrottledExceptionResolver.first(messages, shown);
			case ANY -> ThrottledExceptionResolver.last(messages, shown);
		};
	}

	/**
	 * Sets the headers of a denial by a method that a handler calls, where any exception
	 * handler may answer it.
	 */
	@Bean
	@Nullable DenialHeadersExceptionResolver throttleDenialHeadersExceptionResolver(RateLimitHeaders headers,
			ConfiguredScopes scopes, ThrottleProperties properties) {
		return (properties.getExceptionHandlers() == ThrottleProperties.ExceptionHandlers.ANY)
				? new DenialHeadersExceptionResolver(headers.without(scopes.withoutHeaders())) : null;
	}

	@Bean
	@ConditionalOnMissingBean
	MappedHandlers throttleMappedHandlers(ThrottledHandlers handlers, PathSelection paths) {
		return new ServletHandlers(handlers, paths);
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean
	@Nullable UsageController throttleUsageController(UsageReader reader, ThrottleProperties properties,
			@Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mapping) {
		String path = PathPatterns.ofUsage(properties);
		if (path == null) {
			return null;
		}
		UsageController controller = new UsageController(reader);
		mapping.ifAvailable((handlers) -> controller.map(path, "throttleUsageController", handlers));
		return controller;
	}

}
