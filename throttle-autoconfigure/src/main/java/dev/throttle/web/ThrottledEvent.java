package dev.throttle.web;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.throttle.ThrottleRequest;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.SecretIdents;
import dev.throttle.limiter.RateLimiters;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.web.method.HandlerMethod;

/**
 * Published for each denied request, and for each denied call of a limiter, on its
 * thread, which waits for the listeners. It contains clients only as hashes, and holds no
 * reference to the request.
 *
 * @since 1.0.0
 */
public final class ThrottledEvent extends ApplicationEvent {

	private final transient Decision decision;

	private final transient SecretIdents secretIdents;

	private final @Nullable String handler;

	ThrottledEvent(Object source, Decision decision, SecretIdents secretIdents, @Nullable String handler) {
		super(source);
		this.decision = decision;
		this.secretIdents = secretIdents;
		this.handler = handler;
	}

	/**
	 * Return a listener that publishes an event for each denied request.
	 * @param publisher where the events are published
	 * @param secretIdents hashes the clients
	 * @param handlers returns the handler of a request; null if there is none
	 * @return a listener
	 */
	public static DecisionListener publisher(ApplicationEventPublisher publisher, SecretIdents secretIdents,
			Function<ThrottleRequest, @Nullable Object> handlers) {
		return new DecisionListener() {

			@Override
			public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
				if (!decision.isAllowed()) {
					String handler = (handlers.apply(request) instanceof HandlerMethod method)
							? method.getBeanType().getSimpleName() + "." + method.getMethod().getName() : null;
					publisher.publishEvent(new ThrottledEvent(this, decision, secretIdents, handler));
				}
			}

		};
	}

	/**
	 * Return the scopes that deny the request.
	 * @return the scopes; empty if a throttle without a rate denies it
	 */
	public List<String> getScopes() {
		return denying().map((result) -> result.policy().scope().name()).distinct().toList();
	}

	/**
	 * Return the names of the policies that deny the request, such as {@code user-day}
	 * for a further rate of the scope {@code user}.
	 * @return the names; empty if a throttle without a rate denies it
	 */
	public List<String> getViolatedPolicies() {
		return denying().map((result) -> result.policy().name()).distinct().toList();
	}

	/**
	 * Return the plan of the client.
	 * @return the plan; null if the client has none, or if no rate depends on it
	 */
	public @Nullable String getPlan() {
		return this.decision.plan();
	}

	/**
	 * Return the throttles that deny the request.
	 * @return the names of their beans; {@value RateLimiters#NAME} for a limiter
	 */
	public List<String> getThrottles() {
		return this.decision.denials().stream().map((denial) -> denial.step().name()).toList();
	}

	/**
	 * Return hashes of the denied clients. A client always has the same hash, keyed with
	 * {@code throttle.client.hash-secret} or else with a random key that changes on
	 * restart.
	 * @return the hashes; empty if a throttle without a rate denies the request
	 */
	public List<String> getClients() {
		return denying().map(QuotaResult::client).distinct().map(this.secretIdents::pseudonym).toList();
	}

	/**
	 * Return the handler that would have been called.
	 * @return the class and the method, as in {@code UploadController.upload}; null if
	 * the handler is not a method
	 */
	public @Nullable String getHandler() {
		return this.handler;
	}

	/**
	 * Return the time after which the client may try again.
	 * @return the time; null if it is unknown
	 */
	public @Nullable Duration getRetryAfter() {
		return this.decision.retryAfter();
	}

	private Stream<QuotaResult> denying() {
		return this.decision.results().stream().filter((result) -> !result.outcome().isAllowed());
	}

	@Override
	public String toString() {
		return "Denied by "
				+ String.join(", ", getViolatedPolicies().isEmpty() ? getThrottles() : getViolatedPolicies()) + ": "
				+ Objects.requireNonNullElse(this.handler,
						getThrottles().contains(RateLimiters.NAME) ? "in code" : "no handler method");
	}

}
