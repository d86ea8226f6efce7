package dev.throttle.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.handler.CostCheck;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.MethodDeclarations.MethodThrottles;
import dev.throttle.limiter.Permits;
import org.jspecify.annotations.Nullable;

import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.util.ClassUtils;

/**
 * The limits of a method, all of which are decided together.
 *
 * @param declared what it declares
 * @param kind how it answers
 * @param limits the limits
 * @param parameters the indexes of the parameters, by the names that they have in
 * expressions
 */
record MethodLimits(MethodThrottles declared, ReturnKind kind, List<Limit> limits, Map<String, Integer> parameters) {

	/**
	 * Return the permits that a call takes.
	 * @param arguments the arguments of the call
	 * @param handled the request that is being handled; null if there is none
	 * @return the permits; empty if the call is not counted
	 */
	List<Permits> permits(@Nullable Object[] arguments, @Nullable ThrottleRequest handled) {
		EvaluationContext context = new CallContext(this.parameters, arguments);
		List<Permits> permits = new ArrayList<>(this.limits.size());
		for (Limit limit : this.limits) {
			Client client = limit.client(context, handled);
			long cost = (client != null) ? limit.cost(context) : 0;
			if (client != null && cost != 0) {
				permits.add(new Permits(limit.scope(), client, cost));
			}
		}
		return permits;
	}

	/**
	 * Check the fixed costs.
	 * @throws InvalidThrottleConfigurationException if one is above a limit
	 */
	void check(CostCheck check) {
		this.limits.stream()
			.filter((limit) -> limit.cost() == null)
			.forEach((limit) -> check.check(this.declared.where(), "call", limit.scope(), limit.fixedCost()));
	}

	/**
	 * One limit.
	 *
	 * @param scope the scope under which calls are counted
	 * @param key says who is counted; null for the client of the request
	 * @param cost says how many permits a call takes; null if it is fixed
	 * @param fixedCost the fixed number of permits
	 */
	record Limit(Scope scope, @Nullable Expression key, @Nullable Expression cost, long fixedCost) {

		private static final ClassValue<Boolean> HAS_TEXT = new ClassValue<>() {

			@Override
			protected Boolean computeValue(Class<?> type) {
				return ClassUtils.getMethod(type, "toString").getDeclaringClass() != Object.class;
			}

		};

		private @Nullable Client client(EvaluationContext context, @Nullable ThrottleRequest handled) {
			if (this.key == null) {
				return (handled != null) ? handled.client() : Client.ALL;
			}
			Object value = this.key.getValue(context);
			return (value == null || value instanceof Client) ? (Client) value : Client.key(text(value, this.key));
		}

		/**
		 * Return a value as text. A class that does not say what it is would be another
		 * client with each instance.
		 */
		private static String text(Object value, Expression key) {
			if (!HAS_TEXT.get(value.getClass())) {
				throw new IllegalStateException("The key '" + key.getExpressionString() + "' of a call is of the type "
						+ value.getClass().getTypeName() + ", whose toString() does not tell what it is");
			}
			return value.toString();
		}

		private long cost(EvaluationContext context) {
			return (this.cost == null) ? this.fixedCost
					: Objects.requireNonNull(this.cost.getValue(context, Long.class),
							() -> "The cost '" + this.cost.getExpressionString() + "' of a call is null");
		}

	}

}
