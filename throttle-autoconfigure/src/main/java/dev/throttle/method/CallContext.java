package dev.throttle.method;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * The arguments of a call as variables of expressions.
 */
final class CallContext extends StandardEvaluationContext {

	private final Map<String, Integer> parameters;

	private final @Nullable Object[] arguments;

	CallContext(Map<String, Integer> parameters, @Nullable Object[] arguments) {
		this.parameters = parameters;
		this.arguments = arguments;
	}

	@Override
	public @Nullable Object lookupVariable(String name) {
		Integer index = this.parameters.get(name);
		return (index != null) ? this.arguments[index] : super.lookupVariable(name);
	}

}
