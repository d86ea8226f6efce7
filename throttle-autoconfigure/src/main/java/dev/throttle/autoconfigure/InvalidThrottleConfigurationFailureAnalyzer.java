package dev.throttle.autoconfigure;

import dev.throttle.handler.InvalidThrottleConfigurationException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what is wrong with a limit and what to write instead.
 */
class InvalidThrottleConfigurationFailureAnalyzer
		extends AbstractFailureAnalyzer<InvalidThrottleConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidThrottleConfigurationException cause) {
		return new FailureAnalysis(cause.getDescription(), cause.getMistake().withLink(cause.getAction()), cause);
	}

}
