package dev.throttle.method;

import java.lang.reflect.Method;

import dev.throttle.handler.MethodDeclarations;

import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Intercepts the methods of beans that {@link dev.throttle.Throttle @Throttle} limits. It
 * runs after method security, which has orders up to 600, and before transactions,
 * caching and retries.
 *
 * @since 1.0.0
 */
public final class ThrottleMethodAdvisor extends StaticMethodMatcherPointcutAdvisor {

	private static final int ORDER = 1000;

	/**
	 * Create an advisor.
	 * @param methods the limits of the methods; only asked for when a method is called
	 */
	public ThrottleMethodAdvisor(ObjectProvider<ThrottledMethods> methods) {
		super(new ThrottleMethodInterceptor(methods));
		setOrder(ORDER);
		setClassFilter(MethodDeclarations::isOfApplication);
	}

	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return MethodDeclarations.isLimited(method, targetClass);
	}

}
