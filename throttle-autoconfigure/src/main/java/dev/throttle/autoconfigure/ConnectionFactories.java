package dev.throttle.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.redis.RedisCacheBackend;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.redis.LettuceConnectors;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Finds the Redis of the application among its beans.
 */
final class ConnectionFactories {

	private static final String CHOSEN = "The property 'throttle.backend' is 'redis', but ";

	private static final String STATIC_NODES = "spring.data.redis.masterreplica.nodes";

	private static final String OWN_BACKEND = "declare a RedisCacheBackend of your own as a bean called '"
			+ ThrottleRegistry.DEFAULT_BACKEND + "'";

	private ConnectionFactories() {
	}

	/**
	 * Return a builder of a backend that counts in the application's Redis, and is closed
	 * before the beans that its connection is made of.
	 */
	static RedisCacheBackend.Builder backend(ConfigurableListableBeanFactory beanFactory, Environment environment,
			Supplier<? extends CacheBackend> local) {
		List<String> names = names(beanFactory, RedisConnectionFactory.class);
		if (names.isEmpty()) {
			throw new InvalidThrottleConfigurationException(CHOSEN + "there is no RedisConnectionFactory bean.",
					"Remove what keeps Spring Boot's auto-configuration for Redis from making one, such as an entry of 'spring.autoconfigure.exclude', declare one, or "
							+ OWN_BACKEND + ".");
		}
		RedisConnectionFactory factory = beanFactory.getBeanProvider(RedisConnectionFactory.class).getIfUnique();
		if (factory == null) {
			throw new InvalidThrottleConfigurationException(
					CHOSEN + "there are several RedisConnectionFactory beans and none of them is primary: "
							+ names.stream().map((name) -> "'" + name + "'").collect(Collectors.joining(", ")) + ".",
					"Mark the one that leads to the Redis in which to count with @Primary, or " + OWN_BACKEND + ".");
		}
		if (!(factory instanceof LettuceConnectionFactory lettuce)) {
			throw new InvalidThrottleConfigurationException(
					CHOSEN + "the RedisConnectionFactory bean is a " + factory.getClass().getSimpleName()
							+ ", and requests are counted over Lettuce.",
					"Let Spring Boot make a LettuceConnectionFactory: add 'io.lettuce:lettuce-core' and remove 'spring.data.redis.client-type'. Or "
							+ OWN_BACKEND + ".");
		}
		if (isStaticMaster(lettuce, beanFactory, environment)) {
			throw new InvalidThrottleConfigurationException(CHOSEN
					+ "the application's Redis is a static master with replicas, whose connection factory does not tell where they are.",
					"Use one server, Sentinels or a cluster, or " + OWN_BACKEND + ".");
		}
		if (isUserUnknown(lettuce)) {
			throw new InvalidThrottleConfigurationException(
					CHOSEN + "the LettuceConnectionFactory bean does not tell the user whose password it has.",
					"Make it with the constructor that takes a RedisStandaloneConfiguration, or " + OWN_BACKEND + ".");
		}
		names.forEach((name) -> beanFactory.registerDependentBean(name, ThrottleRegistry.DEFAULT_BACKEND));
		CacheBackend memory = local.get();
		return RedisCacheBackend.builder(LettuceConnectors.connector(lettuce), memory)
			.description(LettuceConnectors.describe(lettuce));
	}

	private static boolean isStaticMaster(LettuceConnectionFactory factory, ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		return factory.getClusterConfiguration() == null && factory.getSentinelConfiguration() == null
				&& (!names(beanFactory, RedisStaticMasterReplicaConfiguration.class).isEmpty()
						|| Binder.get(environment).bind(STATIC_NODES, Bindable.listOf(String.class)).isBound());
	}

	/**
	 * Return whether the factory is made of a configuration that it does not give away,
	 * which may have a user.
	 */
	private static boolean isUserUnknown(LettuceConnectionFactory factory) {
		String password = factory.getPassword();
		return password != null && factory.getClusterConfiguration() == null
				&& factory.getSentinelConfiguration() == null && factory.getSocketConfiguration() == null
				&& factory.getClientConfiguration().getRedisCredentialsProviderFactory().isEmpty()
				&& !password.equals(factory.getStandaloneConfiguration().getPassword().map(String::new).orElse(null));
	}

	private static List<String> names(ConfigurableListableBeanFactory beanFactory, Class<?> type) {
		return Arrays.asList(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type, true, false));
	}

}
