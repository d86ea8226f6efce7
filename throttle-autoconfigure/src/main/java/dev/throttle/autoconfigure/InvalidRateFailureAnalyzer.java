package dev.throttle.autoconfigure;

import dev.throttle.InvalidRateException;
import dev.throttle.handler.Mistake;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains an invalid rate in the code of a bean, such as
 * {@code new UserRateThrottle("burst", "10/secs")}.
 */
class InvalidRateFailureAnalyzer extends AbstractFailureAnalyzer<InvalidRateException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidRateException cause) {
		return new FailureAnalysis(
				bean(rootFailure, "A throttle") + " has the rate '" + cause.getText()
						+ "', which is not a rate. At column " + cause.getColumn() + ": " + cause.getReason() + ".",
				Mistake.INVALID_RATE.withLink("Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'."),
				cause);
	}

	static String bean(Throwable failure, String other) {
		String name = null;
		for (Throwable each = failure; each != null; each = each.getCause()) {
			if (each instanceof BeanCreationException creation && creation.getBeanName() != null) {
				name = creation.getBeanName();
			}
		}
		return (name != null) ? "The bean '" + name + "'" : other;
	}

}
