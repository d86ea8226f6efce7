package dev.throttle.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.redis.RedisCacheBackend;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
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
 * Finds the application's Redis connection factory.
 */
final class ConnectionFactories {

	private static final String CHOSEN = "The property 'throttle.backend' is 'redis', but ";

	private static final String STATIC_NODES = "spring.data.redis.masterreplica.nodes";

	private static final String OWN_BACKEND = "declare a RedisCacheBackend of your own as a bean called '"
			+ ThrottleRegistry.DEFAULT_BACKEND + "'";

	private ConnectionFactories() {
	}

	/**
	 * Return a builder of a backend that counts in the application's Redis. The backend
	 * is closed before the connection factory that it uses.
	 */
	static RedisCacheBackend.Builder backend(ConfigurableListableBeanFactory beanFactory, Environment environment,
			Supplier<? extends CacheBackend> local) {
		List<String> names = names(beanFactory, RedisConnectionFactory.class);
		if (names.isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.NO_REDIS_CONNECTION,
					CHOSEN + "there is no RedisConnectionFactory bean.",
					"Let Spring Boot auto-configure one (check 'spring.autoconfigure.exclude'), declare one, or "
							+ OWN_BACKEND + ".");
		}
		RedisConnectionFactory factory = beanFactory.getBeanProvider(RedisConnectionFactory.class).getIfUnique();
		if (factory == null) {
			throw new InvalidThrottleConfigurationException(Mistake.NO_REDIS_CONNECTION,
					CHOSEN + "there are several RedisConnectionFactory beans and none is primary: "
							+ names.stream().map((name) -> "'" + name + "'").collect(Collectors.joining(", ")) + ".",
					"Add @Primary to the one to count in, or " + OWN_BACKEND + ".");
		}
		if (!(factory instanceof LettuceConnectionFactory lettuce)) {
			throw new InvalidThrottleConfigurationException(Mistake.NO_REDIS_CONNECTION,
					CHOSEN + "the RedisConnectionFactory bean is a " + factory.getClass().getSimpleName()
							+ ", but Throttle needs a LettuceConnectionFactory.",
					"Add 'io.lettuce:lettuce-core' and remove 'spring.data.redis.client-type', so that Spring Boot creates a LettuceConnectionFactory. Or "
							+ OWN_BACKEND + ".");
		}
		if (isStaticMaster(lettuce, beanFactory, environment)) {
			throw new InvalidThrottleConfigurationException(Mistake.NO_REDIS_CONNECTION, CHOSEN
					+ "the application's Redis is a static master with replicas, which Throttle does not support.",
					"Use a single server, Sentinel or a cluster, or " + OWN_BACKEND + ".");
		}
		if (isUserUnknown(lettuce)) {
			throw new InvalidThrottleConfigurationException(Mistake.NO_REDIS_CONNECTION,
					CHOSEN + "the LettuceConnectionFactory bean has a password but does not expose its user name.",
					"Create it with the constructor that takes a RedisStandaloneConfiguration, or " + OWN_BACKEND
							+ ".");
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
	 * Return whether the factory hides its configuration, which may have a user name.
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
