package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.Scope;
import dev.throttle.handler.DidYouMean;
import dev.throttle.handler.Mistake;
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
		List<String> known = cause.getKnownScopes();
		return new FailureAnalysis(
				InvalidRateFailureAnalyzer.bean(rootFailure, "The code") + " asks for the limiter of the scope '"
						+ scope + "', but there is no rate for it" + DidYouMean.meant(scope.name(), known) + ".",
				Mistake.SCOPE_WITHOUT_RATE.withLink("Set the property 'throttle.rates." + scope
						+ "', for example to '100/hour', or ask for a scope that has a rate"
						+ (known.isEmpty() ? "." : ": " + DidYouMean.list(known) + ".")),
				cause);
	}

}
