package dev.throttle.autoconfigure;

import dev.throttle.Scope;
import dev.throttle.limiter.MissingRateException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains that code asks for the limiter of a scope without a rate.
 */
final class MissingRateFailureAnalyzer extends AbstractFailureAnalyzer<MissingRateException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingRateException cause) {
		Scope scope = cause.getScope();
		return new FailureAnalysis(
				InvalidRateFailureAnalyzer.bean(rootFailure, "The code") + " asks for the limiter of the scope '"
						+ scope + "', but there is no rate for it.",
				"Set the property 'throttle.rates." + scope
						+ "', for example to '100/hour', or ask for a scope that has a rate.",
				cause);
	}

}
