package dev.throttle.autoconfigure;

import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.MappedHandlers;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.method.ThrottledMethods;
import dev.throttle.reactive.CurrentRequestFilter;
import dev.throttle.reactive.ByteCountingDecorator;
import dev.throttle.reactive.DenialAdvice;
import dev.throttle.reactive.ExchangeDecisions;
import dev.throttle.reactive.FilterExceptionMapping;
import dev.throttle.reactive.GatewayRoutes;
import dev.throttle.reactive.ReactiveHandlers;
import dev.throttle.reactive.ThrottleHandlerAdapter;
import dev.throttle.reactive.ThrottleWebFilter;
import dev.throttle.reactive.ThrottledExceptionHandler;
import dev.throttle.reactive.UsageController;
import dev.throttle.usage.UsageReader;
import dev.throttle.web.PathSelection;
import dev.throttle.web.Preflights;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.RateLimitHeaders;
import dev.throttle.web.Settlements;
import dev.throttle.web.ThrottledEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * Auto-configuration for throttling requests on WebFlux.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(WebFluxConfigurer.class)
@Import(WebConfiguration.class)
public final class ThrottleWebFluxAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MappedHandlers throttleMappedHandlers(ThrottledHandlers handlers, PathSelection paths,
			ObjectProvider<GatewayRoutes> gateway) {
		return new ReactiveHandlers(handlers, paths, gateway.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottledExceptionHandler throttledExceptionHandler(ApplicationContext context, RateLimitHeaders headers,
			ConfiguredScopes scopes) {
		return new ThrottledExceptionHandler(context, headers.without(scopes.withoutHeaders()));
	}

	@Bean
	ExchangeDecisions throttleExchangeDecisions(ApplicationContext context, ThrottleEngine engine,
			Settlements settlements, ClientAddressResolver addresses, ProxyDetector proxyDetector) {
		return new ExchangeDecisions(context, engine, settlements, addresses, proxyDetector);
	}

	@Bean
	@Nullable ByteCountingDecorator throttleByteCountingDecorator(ConfiguredScopes scopes, ThrottleProperties properties) {
		return (properties.isEnabled() && !scopes.costs().byteScopes().isEmpty()) ? new ByteCountingDecorator() : null;
	}

	@Bean
	@ConditionalOnMissingBean
	@Nullable ThrottleHandlerAdapter throttleHandlerAdapter(ApplicationContext context, ExchangeDecisions decisions,
			ThrottledHandlers handlers, PathSelection paths, RateLimitHeaders headers,
			ObjectProvider<GatewayRoutes> gateway, ThrottledExceptionHandler answers, ConfiguredScopes scopes,
			ThrottleProperties properties) {
		return properties.isEnabled() ? new ThrottleHandlerAdapter(context, decisions, handlers, paths,
				headers.without(scopes.withoutHeaders()), gateway.getIfAvailable(), answers,
				properties.getExceptionHandlers() == ThrottleProperties.ExceptionHandlers.ANY) : null;
	}

	@Bean
	@ConditionalOnMissingBean
	DenialAdvice throttleDenialAdvice(ThrottleProperties properties) {
		return new DenialAdvice(properties.getExceptionHandlers() == ThrottleProperties.ExceptionHandlers.ANY);
	}

	@Bean
	@ConditionalOnMissingBean
	FilterExceptionMapping throttleFilterExceptionMapping(ApplicationContext context) {
		return new FilterExceptionMapping(context);
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleFilter")
	@Nullable ThrottleWebFilter throttleFilter(ExchangeDecisions decisions, ThrottleRegistry throttles, RateLimitHeaders headers,
			FilterExceptionMapping exceptions, ConfiguredScopes scopes, ThrottleProperties properties) {
		return properties.isEnabled() ? new ThrottleWebFilter(decisions, throttles.filter(),
				PathPatterns.ofFilter(properties, throttles), new Preflights(properties.getFilter().getApiKeyHeader()),
				headers.without(scopes.withoutHeaders()), exceptions) : null;
	}

	@Bean
	@ConditionalOnMissingBean
	@Nullable CurrentRequestFilter throttleCurrentRequestFilter(ClientAddressResolver addresses, ThrottledMethods methods,
			ThrottleProperties properties) {
		return properties.isEnabled() ? new CurrentRequestFilter(addresses, () -> !methods.isEmpty()) : null;
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttledEventPublisher")
	DecisionListener throttledEventPublisher(ApplicationEventPublisher publisher, SecretIdents secretIdents) {
		return ThrottledEvent.publisher(publisher, secretIdents, ThrottleWebFluxAutoConfiguration::handler);
	}

	private static @Nullable Object handler(ThrottleRequest request) {
		ServerWebExchange exchange = request.nativeRequest(ServerWebExchange.class);
		return (exchange != null) ? exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) : null;
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
