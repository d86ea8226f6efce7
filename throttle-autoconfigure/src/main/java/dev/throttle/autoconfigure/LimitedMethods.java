package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.BeanMethod;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.OutgoingCheck;
import dev.throttle.method.ThrottledMethods;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Works out the limits of methods at the start.
 */
record LimitedMethods(ThrottledMethods methods, CreatedBeans created, OutgoingCheck outgoing,
		ConfigurableListableBeanFactory beanFactory) {

	/**
	 * Add methods.
	 * @throws InvalidThrottleConfigurationException if a declaration is not valid, or has
	 * no effect
	 */
	void add(List<BeanMethod> limited) {
		this.methods.add(limited);
		this.methods.scopes().forEach((method, scopes) -> this.outgoing.check("@Throttle on " + method, scopes));
		this.created.check(limited, this.beanFactory);
	}

	/**
	 * Check the costs of methods against other rates.
	 * @throws InvalidThrottleConfigurationException if one is above a limit
	 */
	void check(RateRegistry rates) {
		this.methods.check(rates);
	}

}
