package dev.throttle.servlet;

import dev.throttle.ThrottleRequest;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottlePlan;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Publishes a {@link ThrottledEvent} for each request that is denied.
 *
 * @since 1.0.0
 */
public final class ThrottledEventPublisher implements DecisionListener {

	private final ApplicationEventPublisher publisher;

	private final SecretIdents secretIdents;

	/**
	 * Create a publisher.
	 * @param publisher where the events are published
	 * @param secretIdents hashes the clients
	 */
	public ThrottledEventPublisher(ApplicationEventPublisher publisher, SecretIdents secretIdents) {
		this.publisher = publisher;
		this.secretIdents = secretIdents;
	}

	@Override
	public void decided(ThrottleRequest request, ThrottlePlan plan, Decision decision) {
		if (!decision.isAllowed()) {
			this.publisher.publishEvent(new ThrottledEvent(this, decision, this.secretIdents, handler(request)));
		}
	}

	private static @Nullable String handler(ThrottleRequest request) {
		HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
		Object handler = (servletRequest != null)
				? servletRequest.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) : null;
		return (handler instanceof HandlerMethod method)
				? method.getBeanType().getSimpleName() + "." + method.getMethod().getName() : null;
	}

}
