package dev.throttle.autoconfigure;

import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Explains that Spring Boot cannot create the data source to count in, for want of its
 * address or driver. Spring Boot would advise an embedded database.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingDatabaseFailureAnalyzer implements FailureAnalyzer {

	/** Its package differs between Spring Boot 3 and 4. */
	private static final String FAILURE = "DataSourceBeanCreationException";

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
			if (cause.getClass().getSimpleName().equals(FAILURE)) {
				return new FailureAnalysis(
						"The property 'throttle.backend' is 'jdbc', but Spring Boot cannot create the DataSource: "
								+ cause.getMessage() + ".",
						Mistake.NO_DATA_SOURCE
							.withLink("Set 'spring.datasource.url' to the address of the database, such as '"
									+ DataSources.EXAMPLE + "', and add the dependency 'org.postgresql:postgresql'."),
						cause);
			}
		}
		return null;
	}

}
