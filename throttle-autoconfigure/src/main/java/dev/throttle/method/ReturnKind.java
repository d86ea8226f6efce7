package dev.throttle.method;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * How a method answers, which says when its call is decided.
 */
enum ReturnKind {

	/**
	 * With its result: decided when it is called.
	 */
	BLOCKING,

	/**
	 * With a future, which fails if the call is denied.
	 */
	FUTURE,

	/**
	 * With a publisher, or as a suspending function: decided at each subscription.
	 */
	PUBLISHER;

	private static final boolean REACTOR = ClassUtils.isPresent("reactor.core.publisher.Mono",
			ReturnKind.class.getClassLoader());

	static ReturnKind of(Method method) {
		Class<?> type = method.getReturnType();
		if (type == CompletionStage.class || type == CompletableFuture.class) {
			return FUTURE;
		}
		boolean isDeferred = REACTOR && (KotlinDetector.isSuspendingFunction(method)
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null);
		return isDeferred ? PUBLISHER : BLOCKING;
	}

	/**
	 * Proceed with a call that returns a future.
	 */
	static CompletionStage<@Nullable Object> proceed(MethodInvocation call) {
		try {
			@SuppressWarnings("unchecked")
			CompletionStage<@Nullable Object> answer = (CompletionStage<@Nullable Object>) call.proceed();
			return Objects.requireNonNull(answer, () -> call.getMethod() + " returned null instead of a future");
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
