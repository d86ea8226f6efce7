package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Explains that Spring Boot cannot create the data source to count in, for want of its
 * address or driver. Without an address, Spring Boot would advise an embedded database;
 * without a driver, it only shows a stack trace.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingDatabaseFailureAnalyzer implements FailureAnalyzer {

	/** Its package differs between Spring Boot 3 and 4. */
	private static final String FAILURE = "DataSourceBeanCreationException";

	/** What HikariCP and Spring Boot say. */
	private static final List<String> NO_DRIVER = List.of("Failed to load driver class ", "Cannot load driver class");

	private static final String DRIVER = "org.postgresql.Driver";

	private static final String DEPENDENCY = "the dependency 'org.postgresql:postgresql'.";

	private final Environment environment;

	MissingDatabaseFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		if (!"jdbc".equalsIgnoreCase(this.environment.getProperty("throttle.backend"))) {
			return null;
		}
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = String.valueOf(cause.getMessage());
			boolean isDriverMissing = NO_DRIVER.stream().anyMatch(message::startsWith);
			if (isDriverMissing || cause.getClass().getSimpleName().equals(FAILURE)) {
				return new FailureAnalysis(
						"The property 'throttle.backend' is 'jdbc', but Spring Boot cannot create the DataSource: "
								+ message + ".",
						Mistake.NO_DATA_SOURCE
							.withLink((isDriverMissing && message.contains(DRIVER)) ? "Add " + DEPENDENCY
									: "Set 'spring.datasource.url' to the address of the database, such as '"
											+ DataSources.EXAMPLE + "', and add " + DEPENDENCY),
						cause);
			}
		}
		return null;
	}

}
