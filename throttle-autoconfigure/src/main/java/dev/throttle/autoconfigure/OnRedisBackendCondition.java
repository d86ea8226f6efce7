package dev.throttle.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Checks whether requests are to be counted in Redis, in any spelling that binds.
 */
class OnRedisBackendCondition extends SpringBootCondition {

	private static final String PROPERTY = "throttle.backend";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ThrottleProperties.Backend backend = Binder.get(context.getEnvironment())
			.bind(PROPERTY, ThrottleProperties.Backend.class)
			.orElse(null);
		ConditionMessage message = ConditionMessage.of("'%s' is %s", PROPERTY, (backend != null) ? backend : "not set");
		return new ConditionOutcome(backend == ThrottleProperties.Backend.REDIS, message);
	}

}
