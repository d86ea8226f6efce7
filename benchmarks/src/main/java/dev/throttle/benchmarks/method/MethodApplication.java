package dev.throttle.benchmarks.method;

import java.time.Duration;
import java.util.List;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import org.aopalliance.intercept.MethodInterceptor;

import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/**
 * An application with methods that are called in several ways.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ AopAutoConfiguration.class, ThrottleAutoConfiguration.class })
public class MethodApplication {

	static final String SCOPE = "calls";

	/**
	 * Rates that allow every call, and keep the history short.
	 */
	@Bean
	RateRegistry rateRegistry() {
		return new RateRegistry(Rates.none().with(Scope.of(SCOPE), List.of(new Rate(10_000, Duration.ofMillis(1)))));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Advisor bareAdvisor() {
		NameMatchMethodPointcut pointcut = new NameMatchMethodPointcut();
		pointcut.setMappedName("bare");
		return new DefaultPointcutAdvisor(pointcut, (MethodInterceptor) (call) -> call.proceed());
	}

	@Bean
	Calls calls() {
		return new Calls();
	}

	/**
	 * What is called.
	 */
	public static class Calls {

		/**
		 * Is called through an interceptor that does nothing.
		 */
		public long bare(String key) {
			return key.length();
		}

		/**
		 * Has a limit for all calls.
		 */
		@Throttle(scope = SCOPE)
		public long limited(String key) {
			return key.length();
		}

		/**
		 * Has a limit for each key.
		 */
		@Throttle(scope = SCOPE, key = "#p0")
		public long limitedByKey(String key) {
			return key.length();
		}

	}

}
