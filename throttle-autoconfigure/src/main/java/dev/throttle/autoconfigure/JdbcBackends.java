package dev.throttle.autoconfigure;

import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.jdbc.JdbcCacheBackend;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.jdbc.BorrowedConnections;
import dev.throttle.jdbc.DedicatedPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.util.ClassUtils;

/**
 * Creates the backend that counts in the application's PostgreSQL.
 */
final class JdbcBackends {

	private static final Logger logger = LoggerFactory.getLogger(JdbcBackends.class);

	private static final String HIKARI = "com.zaxxer.hikari.HikariDataSource";

	private static final String CONNECTIONS = "throttleConnections";

	private JdbcBackends() {
	}

	/**
	 * Return a backend, whose tables are there unless the database is away. It is closed
	 * before the connections that it uses.
	 * @throws InvalidThrottleConfigurationException if it cannot count
	 */
	static JdbcCacheBackend backend(JdbcProperties properties, StoreSettings settings,
			ConfigurableListableBeanFactory beanFactory, Supplier<? extends CacheBackend> local) {
		DataSource application = DataSources.find(properties.getDataSource(), beanFactory);
		DedicatedPool pool = pool(application, properties, beanFactory);
		DataSource connections = (pool != null) ? pool : new BorrowedConnections(application, properties.getTimeout());
		SchemaPreparation schema = new SchemaPreparation(properties, (pool != null) ? pool : application);
		closeWithContext(schema, (AutoCloseable) connections, beanFactory);
		try {
			schema.start();
		}
		catch (InvalidThrottleConfigurationException ex) {
			// before the web server warns of threads that nobody has ended
			if (pool != null) {
				pool.close();
			}
			throw ex;
		}
		JdbcCacheBackend.Builder builder = JdbcCacheBackend.builder(connections, local.get())
			.tablePrefix(properties.getTablePrefix())
			.description("PostgreSQL (" + ((pool != null) ? pool.place() : "connections of the application") + ")");
		return settings.apply(builder).build();
	}

	private static @Nullable DedicatedPool pool(DataSource application, JdbcProperties properties,
			ConfigurableListableBeanFactory beanFactory) {
		int size = properties.getMaximumPoolSize();
		if (size < 0) {
			throw StoreSettings.invalid("throttle.jdbc.maximum-pool-size", Integer.toString(size),
					"it must not be negative",
					"Set it to 1 or more, or to 0 to use the connections of the application.");
		}
		if (size == 0) {
			return null;
		}
		DedicatedPool pool = ClassUtils.isPresent(HIKARI, beanFactory.getBeanClassLoader())
				? DedicatedPool.of(application, size, properties.getTimeout()) : null;
		if (pool == null) {
			logger.warn("Counting on connections of the application, because its DataSource is not a HikariCP pool. "
					+ "While all of them are in use, requests are answered as configured by 'throttle.on-failure'. "
					+ "If this is intended, set 'throttle.jdbc.maximum-pool-size' to '0'");
		}
		return pool;
	}

	/**
	 * Close the connections after the backend. They are not a bean, because an
	 * application may rely on there being one data source.
	 */
	private static void closeWithContext(SchemaPreparation schema, AutoCloseable connections,
			ConfigurableListableBeanFactory beanFactory) {
		((DefaultSingletonBeanRegistry) beanFactory).registerDisposableBean(CONNECTIONS, () -> {
			schema.close();
			connections.close();
		});
		beanFactory.registerDependentBean(CONNECTIONS, ThrottleRegistry.DEFAULT_BACKEND);
	}

}
