package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;

/**
 * A failure that would stop the start, with what Spring Boot would say then.
 */
record StartFailure(Throwable failure, @Nullable FailureAnalysis analysis) {

	static StartFailure of(Throwable failure, ConfigurableApplicationContext context) {
		List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation(context.getClassLoader())
			.load(FailureAnalyzer.class, ArgumentResolver.of(BeanFactory.class, context.getBeanFactory())
				.and(Environment.class, context.getEnvironment()), (type, name, cannotLoad) -> {
				});
		return new StartFailure(failure,
				analyzers.stream()
					.map((analyzer) -> analyze(analyzer, failure))
					.filter(Objects::nonNull)
					.findFirst()
					.orElse(null));
	}

	private static @Nullable FailureAnalysis analyze(FailureAnalyzer analyzer, Throwable failure) {
		try {
			return analyzer.analyze(failure);
		}
		catch (LinkageError | RuntimeException ex) {
			return null;
		}
	}

	void log(Logger logger, String message) {
		if (this.analysis != null) {
			logger.error("{}. {} {}", message, this.analysis.getDescription(), this.analysis.getAction());
		}
		else {
			logger.error("{}", message, this.failure);
		}
	}

}
