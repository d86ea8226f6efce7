package dev.throttle.autoconfigure;

import java.util.Set;

import dev.throttle.handler.ThrottleRegistry;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitializationDetector;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Lets Flyway, Liquibase and scripts create the tables before the backend looks for them.
 * Ahead-of-time processing decides that for good, before the backend is chosen.
 */
class JdbcInitializationDetector implements DependsOnDatabaseInitializationDetector {

	private final Environment environment;

	JdbcInitializationDetector(Environment environment) {
		this.environment = environment;
	}

	@Override
	public Set<String> detect(ConfigurableListableBeanFactory beanFactory) {
		return (mayBeChosen(beanFactory) && beanFactory.containsBeanDefinition(ThrottleRegistry.DEFAULT_BACKEND))
				? Set.of(ThrottleRegistry.DEFAULT_BACKEND) : Set.of();
	}

	private boolean mayBeChosen(ConfigurableListableBeanFactory beanFactory) {
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			return ClassUtils.isPresent(BackendConfiguration.JDBC_MODULE, beanFactory.getBeanClassLoader());
		}
		return Binder.get(this.environment)
			.bind("throttle.backend", ThrottleProperties.Backend.class)
			.map((backend) -> backend == ThrottleProperties.Backend.JDBC)
			.orElse(false);
	}

}
