package dev.throttle.autoconfigure;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.RedisCacheBackend;
import dev.throttle.engine.SecretIdents;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottleRegistry;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * The alternatives for the bean that counts where a throttle names no other, in the order
 * in which they are imported.
 */
final class BackendConfigurations {

	private static final String LETTUCE = "io.lettuce.core.RedisClient";

	private static final String SPRING_DATA_REDIS = "org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory";

	private BackendConfigurations() {
	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnRedisBackendCondition.class)
	@ConditionalOnClass(name = { LETTUCE, SPRING_DATA_REDIS })
	static class Redis {

		@Bean
		@ConditionalOnMissingBean(name = ThrottleRegistry.DEFAULT_BACKEND)
		RedisCacheBackend cacheBackend(ThrottleProperties properties, SecretIdents secretIdents,
				ConfigurableListableBeanFactory beanFactory, Environment environment) {
			RedisSettings settings = RedisSettings.of(properties, secretIdents, environment);
			return settings
				.apply(ConnectionFactories.backend(beanFactory, environment, () -> memory(properties.getMemory())))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnRedisBackendCondition.class)
	static class RedisMissing {

		@Bean
		@ConditionalOnMissingBean(name = ThrottleRegistry.DEFAULT_BACKEND)
		CacheBackend cacheBackend(ConfigurableListableBeanFactory beanFactory) {
			boolean springData = isPresent(SPRING_DATA_REDIS, beanFactory);
			throw new InvalidThrottleConfigurationException(
					"The property 'throttle.backend' is 'redis', but " + (springData ? "Lettuce" : "Spring Data Redis")
							+ " is not on the class path.",
					"Add the dependency "
							+ (springData ? "'io.lettuce:lettuce-core'"
									: "'org.springframework.boot:spring-boot-starter-data-redis'")
							+ ", or set 'throttle.backend' to 'memory' to count in each process alone.");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(name = ThrottleRegistry.DEFAULT_BACKEND)
	static class Memory {

		@Bean
		MemoryCacheBackend cacheBackend(ThrottleProperties properties) {
			return memory(properties.getMemory());
		}

		@Bean
		@Lazy(false)
		SmartInitializingSingleton throttleBackendHint(ThrottleProperties properties,
				ConfigurableListableBeanFactory beanFactory) {
			return () -> {
				if (properties.getBackend() == null && isPresent(LETTUCE, beanFactory)
						&& isPresent(SPRING_DATA_REDIS, beanFactory)) {
					ConnectionFactories.hint(beanFactory);
				}
			};
		}

	}

	private static boolean isPresent(String type, ConfigurableListableBeanFactory beanFactory) {
		return ClassUtils.isPresent(type, beanFactory.getBeanClassLoader());
	}

	private static MemoryCacheBackend memory(ThrottleProperties.Memory properties) {
		checkRoom("max-clients", properties.getMaxClients());
		checkRoom("max-entries", properties.getMaxEntries());
		return MemoryCacheBackend.builder()
			.maxClients(properties.getMaxClients())
			.maxEntries(properties.getMaxEntries())
			.build();
	}

	private static void checkRoom(String property, long value) {
		if (value < 1) {
			throw new InvalidThrottleConfigurationException(
					"The property 'throttle.memory." + property + "' is " + value + ", which leaves room for nothing.",
					"Write a number that is at least 1, or remove the property.");
		}
	}

}
