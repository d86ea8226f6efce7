package dev.throttle.method;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.throttle.limiter.Acquisition;
import dev.throttle.limiter.Permits;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

/**
 * Takes the permits of a call before the method runs. A method that returns a future runs
 * on the caller's thread, unless that thread must not block.
 */
final class ThrottleMethodInterceptor implements MethodInterceptor {

	private final SingletonSupplier<ThrottledMethods> methods;

	ThrottleMethodInterceptor(ObjectProvider<ThrottledMethods> methods) {
		this.methods = SingletonSupplier.of(methods::getObject);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		ThrottledMethods methods = this.methods.obtain();
		Object target = invocation.getThis();
		MethodLimits limits = (target != null && !isIntercepted(target))
				? methods.find(invocation.getMethod(), target.getClass()) : null;
		if (limits == null) {
			return invocation.proceed();
		}
		return switch (limits.kind()) {
			case BLOCKING -> {
				take(methods, limits, invocation);
				yield invocation.proceed();
			}
			case FUTURE -> future(methods, limits, invocation);
			case PUBLISHER -> DeferredCall.of(methods, limits, (ProxyMethodInvocation) invocation);
		};
	}

	/**
	 * Return whether a bean takes the permits itself. It is behind two proxies if the
	 * application has an auto-proxy creator of its own.
	 */
	private static boolean isIntercepted(Object bean) {
		if (bean instanceof Advised advised) {
			for (Advisor advisor : advised.getAdvisors()) {
				if (advisor instanceof ThrottleMethodAdvisor) {
					return true;
				}
			}
		}
		return false;
	}

	private static void take(ThrottledMethods methods, MethodLimits limits, MethodInvocation invocation) {
		List<Permits> permits = limits.permits(invocation.getArguments(), methods.limiters().thread().request());
		if (!permits.isEmpty()) {
			methods.limiters().tryAcquire(permits).orElseThrow();
		}
	}

	private static @Nullable Object future(ThrottledMethods methods, MethodLimits limits, MethodInvocation invocation)
			throws Throwable {
		try {
			if (methods.limiters().thread().mustNotBlock()) {
				return futureWithoutBlocking(methods, limits, (ProxyMethodInvocation) invocation);
			}
			take(methods, limits, invocation);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		return invocation.proceed();
	}

	private static CompletableFuture<?> futureWithoutBlocking(ThrottledMethods methods, MethodLimits limits,
			ProxyMethodInvocation invocation) {
		List<Permits> permits = limits.permits(invocation.getArguments(), methods.limiters().thread().request());
		CompletableFuture<?> taken = permits.isEmpty() ? CompletableFuture.completedFuture(null)
				: methods.limiters().tryAcquireAsync(permits).thenApply(Acquisition::orElseThrow);
		MethodInvocation call = invocation.invocableClone();
		return taken.thenCompose((ignored) -> ReturnKind.proceed(call));
	}

}
