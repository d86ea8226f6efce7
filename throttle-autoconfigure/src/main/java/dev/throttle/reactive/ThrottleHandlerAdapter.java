package dev.throttle.reactive;

import java.security.Principal;
import java.util.function.Function;

import dev.throttle.ThrottledException;
import dev.throttle.engine.Decision;
import dev.throttle.handler.HandlerThrottles;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.reactive.FilterExceptionMapping.Thrown;
import dev.throttle.web.PathSelection;
import dev.throttle.web.RateLimitHeaders;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/**
 * Counts a request once, before the adapter that calls its handler, and without blocking.
 * A {@link ThrottledException} takes the place of the handler if the request is denied. A
 * CORS preflight is never counted. If a mistake in the application prevents a decision,
 * the answer is 500.
 *
 * @since 1.0.0
 */
public final class ThrottleHandlerAdapter implements HandlerAdapter, Ordered {

	private final ExchangeDecisions decisions;

	private final ThrottledHandlers handlers;

	private final PathSelection paths;

	private final RateLimitHeaders headers;

	private final @Nullable GatewayRoutes gateway;

	private final HandlerAdapters adapters;

	private final RequestFailures failures;

	/**
	 * Create an adapter.
	 * @param context the application, whose handler adapters and exception handlers are
	 * called
	 * @param decisions decides requests
	 * @param handlers which throttles apply to which handler
	 * @param paths the included and excluded paths
	 * @param headers writes the rate limit headers
	 * @param gateway the routes of a gateway; null if there is none
	 * @param answers answers a denial that no exception handler answers
	 * @param areGeneralHandlersAsked whether exception handlers that do not name a denial
	 * get it, too
	 */
	public ThrottleHandlerAdapter(ApplicationContext context, ExchangeDecisions decisions, ThrottledHandlers handlers,
			PathSelection paths, RateLimitHeaders headers, @Nullable GatewayRoutes gateway,
			ThrottledExceptionHandler answers, boolean areGeneralHandlersAsked) {
		this.decisions = decisions;
		this.handlers = handlers;
		this.paths = paths;
		this.headers = headers;
		this.gateway = gateway;
		this.adapters = new HandlerAdapters(context);
		this.failures = new RequestFailures(context, this.adapters, answers, areGeneralHandlersAsked);
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof HandlerMethod || handler instanceof Thrown || FunctionalRoutes.isRoute(handler)
				|| this.paths.includesSome() || (this.gateway != null && this.gateway.handles(handler));
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		if (handler instanceof Thrown thrown) {
			return this.failures.answer(exchange, handler, thrown.exception());
		}
		try {
			HandlerThrottles throttles = throttles(exchange, handler);
			return (throttles != null && throttles.isThrottled()) ? throttle(exchange, handler, throttles)
					: call(exchange, handler);
		}
		catch (InvalidThrottleConfigurationException ex) {
			return this.failures.answer(exchange, handler, ex);
		}
	}

	private @Nullable HandlerThrottles throttles(ServerWebExchange exchange, Object handler) {
		ReactivePath path = new ReactivePath(exchange.getRequest());
		if (!this.decisions.isOwn(exchange) || CorsUtils.isPreFlightRequest(exchange.getRequest())
				|| this.paths.excludes(path)) {
			return null;
		}
		if (FunctionalRoutes.isRoute(handler)) {
			return this.handlers.routeThrottles(ScopedRoutes.scopes(exchange));
		}
		if (this.gateway != null && this.gateway.handles(handler)) {
			return this.handlers.routeThrottles(this.gateway.scopes(exchange));
		}
		HandlerThrottles throttles = (handler instanceof HandlerMethod method) ? this.handlers.throttles(method) : null;
		return (throttles == null && this.paths.includes(path)) ? this.handlers.defaultThrottles() : throttles;
	}

	private Mono<HandlerResult> throttle(ServerWebExchange exchange, Object handler, HandlerThrottles throttles) {
		CountedExchange counted = CountedExchange.of(exchange);
		if (!counted.begin(ThrottleHandlerAdapter.class)) {
			return call(exchange, handler);
		}
		Mono<Principal> known = ExchangeDecisions.user(exchange);
		if (known == Mono.<Principal>empty()) {
			return throttle(exchange, handler, throttles, counted, null);
		}
		return known.map((user) -> throttle(exchange, handler, throttles, counted, user))
			.switchIfEmpty(Mono.fromSupplier(() -> throttle(exchange, handler, throttles, counted, null)))
			.onErrorResume((failure) -> Mono.just(this.failures.answer(exchange, handler, failure)))
			.flatMap(Function.identity());
	}

	private Mono<HandlerResult> throttle(ServerWebExchange exchange, Object handler, HandlerThrottles throttles,
			CountedExchange counted, @Nullable Principal principal) {
		Decision earlier = counted.first();
		return this.decisions.decide(exchange, counted, principal, throttles.applied(), throttles.declared(),
				(decision) -> conclude(exchange, handler, throttles, decision, earlier),
				(failure) -> this.failures.answer(exchange, handler, failure));
	}

	/**
	 * Return what follows a decision: the handler, or the answer to a denial.
	 * @param earlier the decision of the filter; null if there is none
	 */
	private Mono<HandlerResult> conclude(ServerWebExchange exchange, Object handler, HandlerThrottles throttles,
			Decision decision, @Nullable Decision earlier) {
		Decision told = (earlier != null) ? decision.with(earlier) : decision;
		ReactiveResponseHeaders.write(this.headers, told, exchange);
		if (!decision.isAllowed()) {
			return this.failures.answer(exchange, handler, told.toException());
		}
		if (!throttles.declared().isEmpty()) {
			this.decisions.reserve(exchange, decision, throttles.declared().settleable());
		}
		return Mono.defer(() -> call(exchange, handler));
	}

	/**
	 * Call a handler, which may itself deny the request.
	 */
	private Mono<HandlerResult> call(ServerWebExchange exchange, Object handler) {
		return this.adapters.handle(exchange, handler)
			.doOnNext((result) -> this.failures.answerDenialsOf(handler, result))
			.onErrorResume(RequestFailures::isDenial, (failure) -> this.failures.answer(exchange, handler, failure));
	}

}
