package dev.throttle.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.throttle.AddressRateThrottle;
import dev.throttle.AnonRateThrottle;
import dev.throttle.ApiKeyRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.PlanResolver;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.NanoClock;
import dev.throttle.backend.remote.RemoteCacheBackend;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.limiter.CallingThread;
import dev.throttle.limiter.RateLimiters;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration for throttles, their rates and their backend. Properties are
 * evaluated at run time, so that they can be changed after ahead-of-time processing. If
 * throttling is off, all beans exist but limit nothing.
 *
 * @since 1.0.0
 */
@AutoConfiguration(afterName = { "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
		"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration" })
@EnableConfigurationProperties(ThrottleProperties.class)
@Import({ BackendConfiguration.class, MethodConfiguration.class, OutgoingConfiguration.class })
public final class ThrottleAutoConfiguration {

	private static final Duration WARM_UP = Duration.ofSeconds(2);

	@Bean
	static UnknownProperties throttleUnknownProperties() {
		return new UnknownProperties();
	}

	@Bean
	static DurationUnits throttleDurationUnits(Environment environment) {
		return new DurationUnits(environment);
	}

	@Bean
	static LimiterBeans throttleLimiterBeans(Environment environment, ObjectProvider<RateLimiters> limiters) {
		return new LimiterBeans(environment, limiters);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	NanoClock throttleClock() {
		return NanoClock.SYSTEM;
	}

	@Bean
	ConfiguredScopes throttleConfiguredScopes(ThrottleProperties properties, Environment environment) {
		return new ConfiguredScopes(properties, environment);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	RateRegistry rateRegistry(ConfiguredScopes scopes, ThrottleProperties properties) {
		return new RateRegistry(properties.isEnabled() ? scopes.rates() : scopes.uncheckedRates());
	}

	@Bean
	@Lazy(false)
	@Nullable SmartInitializingSingleton throttleSharedRates(RateRegistry rates, ThrottleProperties properties,
			ObjectProvider<RateOverrides> overrides) {
		if (!properties.isEnabled()) {
			return null;
		}
		return () -> overrides.ifAvailable(rates::follow);
	}

	/**
	 * Rates that are set at run time are shared through the store of the default backend,
	 * if that store is outside the process.
	 */
	@Bean
	@Fallback
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Nullable RateOverrides throttleRateOverrides(ThrottleProperties properties, ListableBeanFactory beanFactory) {
		return (properties.isEnabled()
				&& ThrottleBeans.defaultBackend(beanFactory) instanceof RemoteCacheBackend remote)
						? remote.rateOverrides() : null;
	}

	/**
	 * Warm up the backends before the server accepts requests.
	 */
	@Bean
	@Lazy(false)
	@Nullable SmartInitializingSingleton throttleWarmUp(ThrottleProperties properties, ListableBeanFactory beanFactory) {
		return properties.isEnabled()
				? () -> ThrottleBeans.backends(beanFactory).values().forEach((backend) -> backend.warmUp(WARM_UP))
				: null;
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	RateRefresh throttleRateRefresh(ThrottleProperties properties, ConfiguredScopes scopes, RateRegistry rates,
			ObjectProvider<CurrentPlans> plans, ScopesInCode inCode, ObjectProvider<StartupReport> report,
			ConfigurableApplicationContext context) {
		return new RateRefresh(properties.isEnabled() ? scopes.rules() : null, rates, plans, inCode, report, context);
	}

	/**
	 * Declared last, so that it runs after the backends are warm.
	 */
	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(name = "throttleStartupReport", search = SearchStrategy.CURRENT)
	StartupReport throttleStartupReport(ThrottleProperties properties, ConfigurableApplicationContext context,
			RateRegistry rates, ScopesInCode inCode, LimitedMethods methods) {
		return new StartupReport(properties.isEnabled(), context, rates, inCode, methods);
	}

	@Bean
	@Fallback
	@ConditionalOnMissingBean(name = "anonRateThrottle", search = SearchStrategy.CURRENT)
	@Nullable AnonRateThrottle anonRateThrottle(ConfiguredScopes scopes) {
		return scopes.hasRate(AnonRateThrottle.SCOPE) ? new AnonRateThrottle() : null;
	}

	@Bean
	@Fallback
	@ConditionalOnMissingBean(name = "userRateThrottle", search = SearchStrategy.CURRENT)
	@Nullable UserRateThrottle userRateThrottle(ConfiguredScopes scopes) {
		return scopes.hasRate(UserRateThrottle.SCOPE) ? new UserRateThrottle() : null;
	}

	@Bean
	@Fallback
	@ConditionalOnMissingBean(name = "addressRateThrottle", search = SearchStrategy.CURRENT)
	@Nullable AddressRateThrottle addressRateThrottle(ConfiguredScopes scopes) {
		return scopes.hasRate(AddressRateThrottle.SCOPE) ? new AddressRateThrottle() : null;
	}

	@Bean
	@Fallback
	@ConditionalOnMissingBean(name = "apiKeyRateThrottle", search = SearchStrategy.CURRENT)
	@Nullable ApiKeyRateThrottle apiKeyRateThrottle(ThrottleProperties properties) {
		String header = properties.getFilter().getApiKeyHeader();
		return StringUtils.hasText(header) ? new ApiKeyRateThrottle(header.trim()) : null;
	}

	@Bean
	@ConditionalOnMissingBean(name = ThrottleRegistry.SCOPED_THROTTLE)
	ScopedRateThrottle scopedRateThrottle() {
		return new ScopedRateThrottle();
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	SecretIdents secretIdents(ThrottleProperties properties) {
		String secret = properties.getClient().getHashSecret();
		return StringUtils.hasText(secret) ? SecretIdents.withKey(secret) : SecretIdents.withRandomKey();
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	ThrottleEngine throttleEngine(ThrottleProperties properties, RateRegistry rates, SecretIdents secretIdents,
			ObjectProvider<DecisionListener> listeners, ObjectProvider<CurrentPlans> plans) {
		if (!properties.isEnabled()) {
			return ThrottleEngine.off(properties.getAccounting(), rates, secretIdents);
		}
		return new ThrottleEngine(properties.getAccounting(), rates, secretIdents, listeners.orderedStream().toList())
			.withRetryAfterJitter(Share.of("throttle.retry-after-jitter", properties.getRetryAfterJitter()))
			.withPlans(plans.getObject().resolver());
	}

	@Bean
	@Nullable CurrentPlans throttleCurrentPlans(ThrottleProperties properties, ConfiguredScopes scopes,
			ListableBeanFactory beanFactory, ObjectProvider<TestSlice> slice) {
		if (!properties.isEnabled()) {
			return null;
		}
		Map<String, PlanResolver> resolvers = ThrottleBeans.planResolvers(beanFactory);
		TestSlice testSlice = slice.getIfAvailable();
		if (testSlice != null) {
			resolvers = testSlice.resolvers(resolvers, scopes.plans());
		}
		return new CurrentPlans(scopes.plans(), resolvers, properties.getClient().getIpv6Prefix());
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	RateLimiters rateLimiters(ThrottleProperties properties, RateRegistry rates, ThrottleEngine engine,
			ListableBeanFactory beanFactory, ObjectProvider<CallingThread> threads) {
		return new RateLimiters(rates, engine,
				properties.isEnabled() ? ThrottleBeans.defaultBackend(beanFactory)
						: MemoryCacheBackend.builder().build(),
				new LimiterWorkers(), threads.getIfAvailable(() -> new CurrentThread(() -> null)));
	}

	@Bean
	ScopesInCode throttleScopesInCode(ConfiguredScopes configured, ObjectProvider<RateLimiters> limiters) {
		return new ScopesInCode(configured, limiters);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	ThrottleRegistry throttleRegistry(ThrottleProperties properties, ListableBeanFactory beanFactory,
			ObjectProvider<TestSlice> slice) {
		if (!properties.isEnabled()) {
			return ThrottleRegistry.off();
		}
		Map<String, BaseThrottle> throttles = ThrottleBeans.throttles(beanFactory);
		List<String> ofFilter = properties.getFilter().getThrottles();
		List<String> defaults = properties.getDefaults();
		TestSlice testSlice = slice.getIfAvailable();
		if (testSlice != null) {
			ofFilter = testSlice.present(ofFilter, throttles.keySet());
			defaults = testSlice.present(defaults, throttles.keySet());
		}
		return new ThrottleRegistry(throttles, ThrottleBeans.backends(beanFactory), ofFilter, defaults);
	}

}
