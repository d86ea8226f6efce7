package dev.throttle.autoconfigure;

import java.util.Map;
import java.util.Set;

import dev.throttle.backend.memory.NanoClock;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ConfigurationCheck;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.MappedHandlers;
import dev.throttle.handler.OutgoingCheck;
import dev.throttle.handler.ScopeDirectory;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.usage.UsageReader;
import dev.throttle.web.ByteScopes;
import dev.throttle.web.DenialLog;
import dev.throttle.web.PathSelection;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.RateLimitHeaders;
import dev.throttle.web.Settlements;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Configuration that Spring MVC and WebFlux share.
 */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {

	static final String HANDLER_REPORT = "throttleHandlerReport";

	@Bean
	@ConditionalOnMissingBean
	ClientAddressResolver clientAddressResolver(ThrottleProperties properties, Environment environment) {
		return ClientAddresses.resolver(properties.getClient(), environment);
	}

	/**
	 * One for the filter and the handlers, so that it warns once.
	 */
	@Bean
	ProxyDetector throttleProxyDetector(ClientAddressResolver addresses) {
		return new ProxyDetector(addresses);
	}

	@Bean
	@ConditionalOnMissingBean
	RateLimitHeaders rateLimitHeaders(ThrottleProperties properties, NanoClock clock) {
		RateLimitHeaders xRateLimit = RateLimitHeaders.xRateLimit(clock::instant);
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

	@Bean
	Settlements throttleSettlements(ThrottleEngine engine, ConfiguredScopes scopes, ThrottleProperties properties) {
		return properties.isEnabled()
				? new Settlements(engine, scopes.costs().countedStatuses(), scopes.costs().byteScopes())
				: new Settlements(engine, Map.of(), ByteScopes.NONE);
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottledHandlers throttledHandlers(ThrottleRegistry throttles, RateRegistry rates, ConfiguredScopes scopes,
			Environment environment) {
		return new ThrottledHandlers(throttles, rates, new OutgoingCheck(scopes.outgoing().properties()),
				environment::resolveRequiredPlaceholders);
	}

	@Bean
	@ConditionalOnMissingBean
	PathSelection throttlePathSelection(ThrottleProperties properties) {
		return PathPatterns.ofHandlers(properties);
	}

	/**
	 * The scopes that are not in the headers are hidden here, too.
	 */
	@Bean
	@ConditionalOnMissingBean
	UsageReader throttleUsageReader(ThrottleEngine engine, ThrottleRegistry throttles, ThrottledHandlers handlers,
			RateRegistry rates, RateLimiters limiters, ClientAddressResolver addresses, ConfiguredScopes scopes,
			NanoClock clock) {
		return new UsageReader(engine, new ScopeDirectory(throttles, handlers, rates, limiters), addresses,
				scopes.withoutHeaders(), clock::instant);
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleDenialLog")
	DenialLog throttleDenialLog() {
		return new DenialLog();
	}

	@Bean(HANDLER_REPORT)
	@Lazy(false)
	@ConditionalOnMissingBean(name = HANDLER_REPORT)
	HandlerReport throttleHandlerReport(ConfigurableApplicationContext context, ThrottleRegistry throttles,
			ThrottledHandlers handlers, PathSelection paths, MappedHandlers mapped, RateRegistry rates,
			SecretIdents secretIdents, ThrottleProperties properties, ConfiguredScopes scopes,
			@Nullable CurrentPlans plans, ScopesInCode inCode, LimitedMethods methods,
			ObjectProvider<TestSlice> slice) {
		ConfigurationCheck check = new ConfigurationCheck(throttles, rates, handlers, !secretIdents.isRandom(),
				properties.isEnabled() ? scopes.properties() : Map.of(),
				(plans != null) ? plans.ofUsers(scopes.plans()) : Set.of(), inCode);
		return new HandlerReport(context, throttles, handlers, paths, mapped, rates, plans, inCode, methods, check,
				slice.getIfAvailable() != null,
				properties.getExceptionHandlers() == ThrottleProperties.ExceptionHandlers.ANY);
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleDeploymentReport")
	@Nullable DeploymentReport throttleDeploymentReport(ThrottleProperties properties, ThrottleRegistry throttles,
			ClientAddressResolver addresses, ApplicationContext context) {
		return properties.isEnabled() ? new DeploymentReport(properties, throttles, addresses, context) : null;
	}

}
