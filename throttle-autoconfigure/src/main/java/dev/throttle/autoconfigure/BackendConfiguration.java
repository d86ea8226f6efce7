package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.NanoClock;
import dev.throttle.engine.SecretIdents;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.handler.ThrottleRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.ClassUtils;

/**
 * The backend of the throttles that name no other. It is chosen at run time, not by a
 * condition: ahead-of-time processing would evaluate a condition at build time.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(name = ThrottleRegistry.DEFAULT_BACKEND)
class BackendConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(BackendConfiguration.class);

	private static final String REDIS_MODULE = "dev.throttle.backend.redis.RedisCacheBackend";

	static final String JDBC_MODULE = "dev.throttle.backend.jdbc.JdbcCacheBackend";

	private static final String LETTUCE = "io.lettuce.core.RedisClient";

	private static final String SPRING_DATA_REDIS = "org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory";

	@Bean
	CacheBackend cacheBackend(ThrottleProperties properties, ConfiguredScopes scopes, SecretIdents secretIdents,
			NanoClock clock, ObjectProvider<TestSlice> slice, ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		if (!properties.isEnabled()) {
			return MemoryCacheBackend.builder().build();
		}
		Supplier<MemoryCacheBackend> memory = () -> memory(properties.getMemory(), clock);
		if (slice.getIfAvailable() != null) {
			return memory.get();
		}
		checkOtherStores(properties.getBackend(), environment);
		if (properties.getBackend() == ThrottleProperties.Backend.REDIS) {
			checkRedisIsPresent(beanFactory);
			return Redis.backend(properties, scopes, secretIdents, beanFactory, environment, memory);
		}
		if (properties.getBackend() == ThrottleProperties.Backend.JDBC) {
			checkJdbcIsPresent(beanFactory);
			return Jdbc.backend(properties, scopes, secretIdents, beanFactory, environment, memory);
		}
		return memory.get();
	}

	/**
	 * Check the settings of stores that are not used. Without a choice of the backend,
	 * whoever set them expects that instances share their counts. With one, they may be
	 * those of another profile.
	 */
	private static void checkOtherStores(ThrottleProperties.@Nullable Backend chosen, Environment environment) {
		for (ThrottleProperties.Backend store : List.of(ThrottleProperties.Backend.REDIS,
				ThrottleProperties.Backend.JDBC)) {
			String name = store.name().toLowerCase(Locale.ROOT);
			String setting = PropertyNames.inGroup(name)
				.filter((property) -> Binder.get(environment).bind(property, Object.class).isBound())
				.findFirst()
				.orElse(null);
			if (setting == null || store == chosen) {
				continue;
			}
			if (chosen == null) {
				throw new InvalidThrottleConfigurationException(Mistake.PROPERTY_WITHOUT_EFFECT, "The property '"
						+ setting
						+ "' is set, but 'throttle.backend' is not, so each process would count in its own memory.",
						"Set 'throttle.backend' to '" + name
								+ "', or to 'memory' to count in each process separately.");
			}
			logger.info("Ignoring 'throttle.{}.*', because 'throttle.backend' is '{}'", name,
					chosen.name().toLowerCase(Locale.ROOT));
		}
	}

	private static void checkRedisIsPresent(ConfigurableListableBeanFactory beanFactory) {
		Map<String, String> missing = new LinkedHashMap<>();
		if (!isPresent(REDIS_MODULE, beanFactory)) {
			missing.put("throttle-redis", "'dev.throttle:throttle-redis'");
		}
		if (!isPresent(SPRING_DATA_REDIS, beanFactory)) {
			missing.put("Spring Data Redis", "'org.springframework.boot:spring-boot-starter-data-redis'");
		}
		if (missing.isEmpty() && !isPresent(LETTUCE, beanFactory)) {
			missing.put("Lettuce", "'io.lettuce:lettuce-core'");
		}
		checkNothingIsMissing("redis", missing);
	}

	private static void checkJdbcIsPresent(ConfigurableListableBeanFactory beanFactory) {
		checkNothingIsMissing("jdbc", isPresent(JDBC_MODULE, beanFactory) ? Map.of()
				: Map.of("throttle-jdbc", "'dev.throttle:throttle-jdbc'"));
	}

	private static void checkNothingIsMissing(String backend, Map<String, String> missing) {
		if (!missing.isEmpty()) {
			boolean several = missing.size() > 1;
			throw new InvalidThrottleConfigurationException(Mistake.MISSING_DEPENDENCY,
					"The property 'throttle.backend' is '" + backend + "', but "
							+ String.join(" and ", missing.keySet()) + (several ? " are" : " is")
							+ " not on the class path.",
					"Add the " + (several ? "dependencies " : "dependency ") + String.join(" and ", missing.values())
							+ ", or set 'throttle.backend' to 'memory' to count in each process separately.");
		}
	}

	@Bean
	StartupContributor throttleBackendHint(ThrottleProperties properties, ConfigurableListableBeanFactory beanFactory) {
		return new StartupContributor() {

			@Override
			public void warn() {
				if (properties.getBackend() == null && isPresent(LETTUCE, beanFactory)
						&& isPresent(SPRING_DATA_REDIS, beanFactory)) {
					RedisHint.log(beanFactory, isPresent(REDIS_MODULE, beanFactory));
				}
			}

		};
	}

	private static boolean isPresent(String type, ConfigurableListableBeanFactory beanFactory) {
		return ClassUtils.isPresent(type, beanFactory.getBeanClassLoader());
	}

	private static MemoryCacheBackend memory(ThrottleProperties.Memory properties, NanoClock clock) {
		checkRoom("max-clients", properties.getMaxClients());
		checkRoom("max-entries", properties.getMaxEntries());
		return MemoryCacheBackend.builder()
			.clock(clock)
			.maxClients(properties.getMaxClients())
			.maxEntries(properties.getMaxEntries())
			.build();
	}

	private static void checkRoom(String property, long value) {
		if (value < 1) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE,
					"The property 'throttle.memory." + property + "' is " + value + ", but it must be at least 1.",
					"Set it to 1 or more, or remove the property.");
		}
	}

	/**
	 * Loaded only if Spring Data Redis is on the class path.
	 */
	private static final class RedisHint {

		private static final Logger logger = LoggerFactory.getLogger(RedisHint.class);

		/**
		 * If the application uses Redis, log that Redis could share the counts.
		 */
		static void log(ConfigurableListableBeanFactory beanFactory, boolean modulePresent) {
			if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, LettuceConnectionFactory.class, true,
					false).length > 0) {
				logger.info(
						"Counting in the memory of this process only. To share counts between instances in the application's Redis, {}set 'throttle.backend' to 'redis'. To keep counting in memory, set it to 'memory'",
						modulePresent ? "" : "add the dependency 'dev.throttle:throttle-redis' and ");
			}
		}

	}

	/**
	 * Loaded only if throttle-redis and Lettuce are on the class path.
	 */
	private static final class Redis {

		static CacheBackend backend(ThrottleProperties properties, ConfiguredScopes scopes, SecretIdents secretIdents,
				ConfigurableListableBeanFactory beanFactory, Environment environment,
				Supplier<MemoryCacheBackend> local) {
			StoreSettings settings = StoreSettings.of("throttle.redis", "Redis", properties.getRedis(), scopes,
					secretIdents, environment);
			return settings.apply(ConnectionFactories.backend(beanFactory, environment, local)).build();
		}

	}

	/**
	 * Loaded only if throttle-jdbc is on the class path.
	 */
	private static final class Jdbc {

		static CacheBackend backend(ThrottleProperties properties, ConfiguredScopes scopes, SecretIdents secretIdents,
				ConfigurableListableBeanFactory beanFactory, Environment environment,
				Supplier<MemoryCacheBackend> local) {
			StoreSettings settings = StoreSettings.of("throttle.jdbc", "PostgreSQL", properties.getJdbc(), scopes,
					secretIdents, environment);
			return JdbcBackends.backend(properties.getJdbc(), settings, beanFactory, local);
		}

	}

}
