package dev.throttle.autoconfigure;

import java.time.Clock;
import java.util.List;
import java.util.Set;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ConfigurationCheck;
import dev.throttle.handler.HandlerPlans;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.servlet.DenialLog;
import dev.throttle.servlet.Draft11Headers;
import dev.throttle.servlet.PathSelection;
import dev.throttle.servlet.RateLimitHeaders;
import dev.throttle.servlet.RateLimitHeadersFilter;
import dev.throttle.servlet.SpecificExceptionHandlerResolver;
import dev.throttle.servlet.StartupCheck;
import dev.throttle.servlet.ThrottleInterceptor;
import dev.throttle.servlet.ThrottledEventPublisher;
import dev.throttle.servlet.ThrottledExceptionResolver;
import dev.throttle.servlet.XRateLimitHeaders;
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
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Auto-configuration for throttling the handlers of Spring MVC.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ WebMvcConfigurer.class, jakarta.servlet.Servlet.class })
public final class ThrottleWebMvcAutoConfiguration {

	static final String STARTUP_CHECK = "throttleStartupCheck";

	@Bean
	@ConditionalOnMissingBean
	ClientAddressResolver clientAddressResolver(ThrottleProperties properties, Environment environment) {
		return ClientAddresses.resolver(properties.getClient(), environment);
	}

	@Bean
	@ConditionalOnMissingBean
	RateLimitHeaders rateLimitHeaders(ThrottleProperties properties) {
		XRateLimitHeaders xRateLimit = new XRateLimitHeaders(Clock.systemUTC());
		Draft11Headers draft11 = new Draft11Headers();
		return switch (properties.getHeaders()) {
			case NONE -> (decision, response) -> {
			};
			case X_RATELIMIT -> xRateLimit;
			case DRAFT_11 -> draft11;
			case BOTH -> (decision, response) -> {
				xRateLimit.write(decision, response);
				draft11.write(decision, response);
			};
		};
	}

	/**
	 * Stands next to the servlet, where it sees what a handler sets and nothing else.
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
	ThrottleInterceptor throttleInterceptor(ThrottleEngine engine, HandlerPlans plans, RateRegistry rates,
			ClientAddressResolver addresses, ThrottleProperties properties, RateLimitHeaders headers) {
		return new ThrottleInterceptor(engine, plans, rates, addresses, paths(properties), headers);
	}

	private static PathSelection paths(ThrottleProperties properties) {
		checkPatterns("throttle.include-paths", properties.getIncludePaths());
		checkPatterns("throttle.exclude-paths", properties.getExcludePaths());
		return new PathSelection(properties.getIncludePaths(), properties.getExcludePaths());
	}

	private static void checkPatterns(String property, List<String> patterns) {
		for (String pattern : patterns) {
			try {
				PathPatternParser.defaultInstance.parse(pattern);
			}
			catch (PatternParseException ex) {
				throw new InvalidThrottleConfigurationException("The property '" + property + "' contains '" + pattern
						+ "', which is no path pattern. At column " + (ex.getPosition() + 1) + ": " + ex.getMessage()
						+ ".", "Write a path pattern such as '/api/**'.");
			}
		}
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttledEventPublisher")
	ThrottledEventPublisher throttledEventPublisher(ApplicationEventPublisher publisher, SecretIdents secretIdents) {
		return new ThrottledEventPublisher(publisher, secretIdents);
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleDenialLog")
	DenialLog throttleDenialLog() {
		return new DenialLog();
	}

	@Bean
	@ConditionalOnMissingBean(name = "throttleMappedInterceptor")
	@Nullable MappedInterceptor throttleMappedInterceptor(ThrottleInterceptor interceptor, ThrottleProperties properties) {
		return properties.isEnabled() ? new MappedInterceptor((String[]) null, interceptor) : null;
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottledExceptionResolver throttledExceptionResolver(ApplicationContext messages) {
		return new ThrottledExceptionResolver(messages);
	}

	@Bean
	@ConditionalOnMissingBean
	@Nullable SpecificExceptionHandlerResolver throttleSpecificExceptionHandlerResolver(ThrottledExceptionResolver otherwise,
			ThrottleProperties properties) {
		return (properties.getExceptionHandlers() == ThrottleProperties.ExceptionHandlers.SPECIFIC)
				? new SpecificExceptionHandlerResolver(otherwise) : null;
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(name = STARTUP_CHECK)
	StartupCheck throttleStartupCheck(ConfigurableApplicationContext context, ThrottleRegistry throttles,
			HandlerPlans plans, RateRegistry rates, SecretIdents secretIdents, ThrottleProperties properties) {
		Set<String> onFailureScopes = (properties.getBackend() == ThrottleProperties.Backend.REDIS)
				? properties.getRedis().getOnFailureByScope().keySet() : Set.of();
		ConfigurationCheck check = new ConfigurationCheck(throttles, rates, !secretIdents.isRandom(), onFailureScopes);
		return new StartupCheck(context, throttles, plans, paths(properties), rates, check,
				properties.getExceptionHandlers() == ThrottleProperties.ExceptionHandlers.ANY);
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(name = "throttleDeploymentReport")
	@Nullable DeploymentReport throttleDeploymentReport(ThrottleProperties properties, ThrottleRegistry throttles,
			ClientAddressResolver addresses, ApplicationContext context) {
		return properties.isEnabled() ? new DeploymentReport(properties, throttles, addresses, context) : null;
	}

}
