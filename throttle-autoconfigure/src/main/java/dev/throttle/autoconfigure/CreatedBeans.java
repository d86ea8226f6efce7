package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.handler.BeanMethod;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.MethodDeclarations;
import dev.throttle.handler.Mistake;
import dev.throttle.method.ThrottleMethodAdvisor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Remembers which beans the application has created, and checks that the calls of those
 * with limited methods are intercepted. A bean that is created while Spring AOP is set up
 * is not. A bean that was not seen, such as a mock, is only logged.
 */
final class CreatedBeans implements BeanPostProcessor, PriorityOrdered {

	private static final Logger logger = LoggerFactory.getLogger(CreatedBeans.class);

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		this.names.add(beanName);
		return bean;
	}

	/**
	 * Check beans with limited methods.
	 * @throws InvalidThrottleConfigurationException if calls of one are not intercepted
	 */
	void check(List<BeanMethod> limited, ConfigurableListableBeanFactory beanFactory) {
		for (BeanMethod method : limited) {
			String name = method.bean();
			if (!beanFactory.containsSingleton(name) || isIntercepted(beanFactory.getBean(name))) {
				continue;
			}
			if (!this.names.contains(name)) {
				logger.warn(
						"The bean '{}' is not behind a proxy, so @Throttle on {} has no effect: it is a mock, or was created before Spring AOP",
						name, MethodDeclarations.describe(method.method()));
			}
			else {
				throw new InvalidThrottleConfigurationException(Mistake.METHOD_NOT_INTERCEPTED,
						"There is @Throttle on " + MethodDeclarations.describe(method.method()) + ", but the bean '"
								+ name + "' is not behind a proxy that intercepts its calls.",
						"If it is needed by a BeanPostProcessor or an Advisor, which are created before, inject it there with @Lazy. Otherwise ask RateLimiters in the code.");
			}
		}
	}

	private static boolean isIntercepted(Object bean) {
		if (!(bean instanceof Advised advised)) {
			return false;
		}
		for (var advisor : advised.getAdvisors()) {
			if (advisor instanceof ThrottleMethodAdvisor) {
				return true;
			}
		}
		// A scoped proxy hands on to a bean of its own.
		return !advised.getTargetSource().isStatic();
	}

}
