package dev.throttle.method;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.throttle.ThrottleRequest;
import dev.throttle.limiter.Acquisition;
import dev.throttle.limiter.Permits;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;

/**
 * Decides a call at each subscription, and then calls the method. Loaded only if Reactor
 * is on the class path.
 */
final class DeferredCall {

	private static final String FLOW = "kotlinx.coroutines.flow.Flow";

	private DeferredCall() {
	}

	static Object of(ThrottledMethods methods, MethodLimits limits, ProxyMethodInvocation invocation) {
		ThrottleRequest current = methods.limiters().thread().request();
		Mono<Void> taken = Mono.deferContextual((context) -> handled(current, context))
			.flatMap((handled) -> take(methods, limits, invocation, handled.orElse(null)));
		boolean isSuspending = KotlinDetector.isSuspendingFunction(invocation.getMethod());
		ReactiveAdapter adapter = isSuspending ? null
				: ReactiveAdapterRegistry.getSharedInstance().getAdapter(invocation.getMethod().getReturnType());
		boolean isMultiValue = (adapter != null) ? adapter.isMultiValue() : returnsFlow(invocation);
		Publisher<?> result = isMultiValue ? taken.thenMany(Flux.defer(() -> Flux.from(proceed(invocation, adapter))))
				: taken.then(Mono.defer(() -> Mono.from(proceed(invocation, adapter))));
		return (adapter != null) ? adapter.fromPublisher(result) : result;
	}

	private static boolean returnsFlow(ProxyMethodInvocation invocation) {
		return new MethodParameter(invocation.getMethod(), -1).getParameterType().getName().equals(FLOW);
	}

	/**
	 * Return the request that the caller's thread handles, else the reactive one.
	 */
	private static Mono<Optional<ThrottleRequest>> handled(@Nullable ThrottleRequest current, ContextView context) {
		return (current != null) ? Mono.just(Optional.of(current))
				: context.<Mono<ThrottleRequest>>getOrEmpty(ThrottleRequest.class)
					.orElse(Mono.empty())
					.map(Optional::of)
					.defaultIfEmpty(Optional.empty());
	}

	private static Mono<Void> take(ThrottledMethods methods, MethodLimits limits, ProxyMethodInvocation invocation,
			@Nullable ThrottleRequest handled) {
		List<Permits> permits = limits.permits(invocation.getArguments(), handled);
		return permits.isEmpty() ? Mono.empty()
				: Mono.fromFuture(() -> methods.limiters().tryAcquireAsync(permits, handled), true)
					.doOnNext(Acquisition::orElseThrow)
					.then();
	}

	private static Publisher<?> proceed(ProxyMethodInvocation invocation, @Nullable ReactiveAdapter adapter) {
		try {
			Object result = invocation.invocableClone().proceed();
			return (adapter != null) ? adapter.toPublisher(result) : (Publisher<?>) Objects.requireNonNull(result);
		}
		catch (Throwable ex) {
			return Mono.error(ex);
		}
	}

}
