package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Analyzes failures as Spring Boot does before it prints them: by the first registered
 * analyzer that has something to say. Leaves out the link to the explanation.
 */
final class StartupFailures {

	private static final List<FailureAnalyzer> ANALYZERS = SpringFactoriesLoader.forDefaultResourceLocation()
		.load(FailureAnalyzer.class, ArgumentResolver.of(BeanFactory.class, new DefaultListableBeanFactory())
			.and(Environment.class, new StandardEnvironment()), (type, name, failure) -> {
			});

	private static final Pattern LINKED = Pattern.compile("(?s)(.*) See https://throttle\\.dev/errors#([a-z-]+)");

	private StartupFailures() {
	}

	private static @Nullable FailureAnalysis analyze(FailureAnalyzer analyzer, Throwable failure) {
		try {
			FailureAnalysis analysis = analyzer.analyze(failure);
			return (analysis != null && analyzer.getClass().getName().startsWith("dev.throttle."))
					? withoutLink(analysis) : analysis;
		}
		catch (LinkageError | TypeNotPresentException ex) {
			return null;
		}
	}

	/**
	 * Check that the action ends with the link to an explanation, and return the rest.
	 */
	private static FailureAnalysis withoutLink(FailureAnalysis analysis) {
		Matcher action = LINKED.matcher(analysis.getAction());
		assertThat(action.matches()).as(analysis.getAction()).isTrue();
		assertThat(Mistake.values()).extracting(Mistake::anchor).contains(action.group(2));
		return new FailureAnalysis(analysis.getDescription(), action.group(1), analysis.getCause());
	}

	/**
	 * Return why an application does not start.
	 */
	static FailureAnalysis failure(AbstractApplicationContextRunner<?, ?, ?> runner) {
		FailureAnalysis[] failure = new FailureAnalysis[1];
		runner.run((context) -> {
			assertThat(context).hasFailed();
			failure[0] = analyze(context.getStartupFailure());
		});
		return failure[0];
	}

	static FailureAnalysis analyze(Throwable failure) {
		return ANALYZERS.stream()
			.map((analyzer) -> analyze(analyzer, failure))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow(() -> new AssertionError("No analyzer knows this failure", failure));
	}

}
