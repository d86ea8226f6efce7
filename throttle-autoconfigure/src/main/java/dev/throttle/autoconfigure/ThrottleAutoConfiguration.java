package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.throttle.AnonRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottleRegistry;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration for throttles, their rates and the backend that counts for them.
 *
 * @since 1.0.0
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "throttle.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ThrottleProperties.class)
public final class ThrottleAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RateRegistry rateRegistry(Environment environment) {
		return new RateRegistry(ConfiguredRates.read(environment));
	}

	@Bean
	@ConditionalOnRate(AnonRateThrottle.SCOPE)
	@ConditionalOnMissingBean(name = "anonRateThrottle")
	AnonRateThrottle anonRateThrottle() {
		return new AnonRateThrottle();
	}

	@Bean
	@ConditionalOnRate(UserRateThrottle.SCOPE)
	@ConditionalOnMissingBean(name = "userRateThrottle")
	UserRateThrottle userRateThrottle() {
		return new UserRateThrottle();
	}

	@Bean
	@ConditionalOnMissingBean(name = ThrottleRegistry.SCOPED_THROTTLE)
	ScopedRateThrottle scopedRateThrottle() {
		return new ScopedRateThrottle();
	}

	@Bean
	@ConditionalOnMissingBean(name = ThrottleRegistry.DEFAULT_BACKEND)
	MemoryCacheBackend cacheBackend(ThrottleProperties properties) {
		ThrottleProperties.Memory memory = properties.getMemory();
		if (memory.getMaxClients() < 1 || memory.getMaxEntries() < 1) {
			String name = (memory.getMaxClients() < 1) ? "max-clients" : "max-entries";
			throw new InvalidThrottleConfigurationException(
					"The property 'throttle.memory." + name + "' leaves room for nothing.",
					"Write a number from 1 on.");
		}
		return MemoryCacheBackend.builder()
			.maxClients(memory.getMaxClients())
			.maxEntries(memory.getMaxEntries())
			.build();
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottleEngine throttleEngine(ThrottleProperties properties) {
		String secret = properties.getClient().getHashSecret();
		return new ThrottleEngine(properties.getAccounting(),
				StringUtils.hasText(secret) ? SecretIdents.withKey(secret) : SecretIdents.withRandomKey());
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottleRegistry throttleRegistry(ThrottleProperties properties, ObjectProvider<BaseThrottle> throttles,
			ListableBeanFactory beanFactory) {
		Map<String, BaseThrottle> named = beanFactory.getBeansOfType(BaseThrottle.class);
		Map<String, BaseThrottle> ordered = new LinkedHashMap<>();
		throttles.orderedStream().forEach((throttle) -> named.forEach((name, candidate) -> {
			if (candidate == throttle) {
				ordered.put(name, throttle);
			}
		}));
		named.forEach(ordered::putIfAbsent);
		return new ThrottleRegistry(ordered, beanFactory.getBeansOfType(CacheBackend.class), properties.getDefaults());
	}

}
