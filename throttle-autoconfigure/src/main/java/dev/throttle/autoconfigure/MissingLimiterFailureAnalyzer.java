package dev.throttle.autoconfigure;

import java.lang.reflect.Member;

import dev.throttle.handler.Mistake;
import dev.throttle.limiter.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains that there is no bean for a {@link RateLimiter} that is injected.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingLimiterFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
		if (cause.getBeanType() != RateLimiter.class || cause instanceof NoUniqueBeanDefinitionException) {
			return null;
		}
		UnsatisfiedDependencyException failure = findCause(rootFailure, UnsatisfiedDependencyException.class);
		InjectionPoint point = (failure != null) ? failure.getInjectionPoint() : null;
		String scope = (point != null) ? name(point) : "sms";
		return new FailureAnalysis(
				InvalidRateFailureAnalyzer.bean(rootFailure, "The code") + " needs the RateLimiter '" + scope
						+ "', but there is no such bean.",
				Mistake.SCOPE_WITHOUT_RATE.withLink("Set the property 'throttle.scopes." + scope
						+ ".in-code' to 'true' and 'throttle.rates." + scope
						+ "' to a rate such as '100/hour', or inject RateLimiters and ask it for the scope."),
				cause);
	}

	private static String name(InjectionPoint point) {
		Qualifier qualifier = point.getAnnotation(Qualifier.class);
		if (qualifier != null && !qualifier.value().isEmpty()) {
			return qualifier.value();
		}
		MethodParameter parameter = point.getMethodParameter();
		Member field = point.getMember();
		String name = (parameter != null) ? parameter.getParameterName() : field.getName();
		return (name != null) ? name : "sms";
	}

}
