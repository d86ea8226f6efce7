package dev.throttle.autoconfigure;

import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import dev.throttle.handler.DidYouMean;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.handler.ThrottleRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.util.ClassUtils;

/**
 * Finds the data source of the database to count in.
 */
final class DataSources {

	private static final String CHOSEN = "The property 'throttle.backend' is 'jdbc', but ";

	private static final String OWN_BACKEND = "declare a JdbcCacheBackend of your own as a bean called '"
			+ ThrottleRegistry.DEFAULT_BACKEND + "'";

	/** An address, for messages. */
	static final String EXAMPLE = "jdbc:postgresql://localhost:5432/shop";

	private static final String TRANSACTION_AWARE = "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy";

	private DataSources() {
	}

	/**
	 * Return a data source whose connections take part in no transaction of the
	 * application. The backend is closed before it.
	 * @param name the name of the bean, null for the only or primary one
	 * @throws InvalidThrottleConfigurationException if there is none
	 */
	static DataSource find(@Nullable String name, ConfigurableListableBeanFactory beanFactory) {
		List<String> names = Arrays
			.asList(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, DataSource.class, true, false));
		if (names.isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.NO_DATA_SOURCE,
					CHOSEN + "there is no DataSource bean.",
					"Add 'org.springframework.boot:spring-boot-starter-jdbc' and 'org.postgresql:postgresql', and set 'spring.datasource.url' to the address of the database, such as '"
							+ EXAMPLE
							+ "'. If you have, check 'spring.autoconfigure.exclude'. Or declare a DataSource, or "
							+ OWN_BACKEND + ".");
		}
		DataSource found = (name != null) ? named(name, names, beanFactory) : single(names, beanFactory);
		names.forEach((each) -> beanFactory.registerDependentBean(each, ThrottleRegistry.DEFAULT_BACKEND));
		return ClassUtils.isPresent(TRANSACTION_AWARE, beanFactory.getBeanClassLoader()) ? Transactions.outside(found)
				: found;
	}

	private static DataSource named(String name, List<String> names, ConfigurableListableBeanFactory beanFactory) {
		if (!names.contains(name)) {
			throw StoreSettings.invalid("throttle.jdbc.data-source", name,
					"there is no DataSource bean with this name" + DidYouMean.meant(name, names), "Use one of "
							+ DidYouMean.list(names) + ", or remove the property to count in the only or primary one.");
		}
		return beanFactory.getBean(name, DataSource.class);
	}

	private static DataSource single(List<String> names, ConfigurableListableBeanFactory beanFactory) {
		DataSource single = beanFactory.getBeanProvider(DataSource.class).getIfUnique();
		if (single == null) {
			throw new InvalidThrottleConfigurationException(Mistake.NO_DATA_SOURCE,
					CHOSEN + "there are several DataSource beans and none is primary: " + DidYouMean.list(names) + ".",
					"Set 'throttle.jdbc.data-source' to the name of the one to count in, or " + OWN_BACKEND + ".");
		}
		return single;
	}

	/**
	 * Loaded only if Spring JDBC is on the class path.
	 */
	private static final class Transactions {

		static DataSource outside(DataSource dataSource) {
			DataSource target = (dataSource instanceof TransactionAwareDataSourceProxy proxy)
					? proxy.getTargetDataSource() : null;
			return (target != null) ? outside(target) : dataSource;
		}

	}

}
