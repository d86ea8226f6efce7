package dev.throttle.autoconfigure;

import dev.throttle.handler.InvalidThrottleConfigurationException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says what is wrong with a limit and what to write instead.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class InvalidThrottleConfigurationFailureAnalyzer
		extends AbstractFailureAnalyzer<InvalidThrottleConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidThrottleConfigurationException cause) {
		return new FailureAnalysis(cause.getDescription(), cause.getMistake().withLink(cause.getAction()), cause);
	}

}
