package dev.throttle.autoconfigure;

import java.util.Set;

import dev.throttle.handler.ThrottleRegistry;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitializationDetector;
import org.springframework.core.env.Environment;

/**
 * Lets Flyway, Liquibase and scripts create the tables before the backend looks for them.
 */
class JdbcInitializationDetector implements DependsOnDatabaseInitializationDetector {

	private final Environment environment;

	JdbcInitializationDetector(Environment environment) {
		this.environment = environment;
	}

	@Override
	public Set<String> detect(ConfigurableListableBeanFactory beanFactory) {
		boolean chosen = Binder.get(this.environment)
			.bind("throttle.backend", ThrottleProperties.Backend.class)
			.map((backend) -> backend == ThrottleProperties.Backend.JDBC)
			.orElse(false);
		return (chosen && beanFactory.containsBeanDefinition(ThrottleRegistry.DEFAULT_BACKEND))
				? Set.of(ThrottleRegistry.DEFAULT_BACKEND) : Set.of();
	}

}
