package dev.throttle.autoconfigure;

import java.util.Map;
import java.util.Objects;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Checks whether the scope of {@link ConditionalOnRate @ConditionalOnRate} has a rate.
 */
class OnRateCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Map<String, Object> attributes = metadata.getAnnotationAttributes(ConditionalOnRate.class.getName());
		String scope = (String) Objects.requireNonNull(Objects.requireNonNull(attributes).get("value"));
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnRate.class, "(" + scope + ")");
		return ConfiguredRates.contain(context.getEnvironment(), scope)
				? ConditionOutcome.match(message.found("property").items("throttle.rates." + scope))
				: ConditionOutcome.noMatch(message.didNotFind("property").items("throttle.rates." + scope));
	}

}
