package dev.throttle.reactive;

import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.throttle.ThrottledException;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.Decision;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.HandlerPlan;
import dev.throttle.handler.HandlerPlans;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.web.PathSelection;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.RateLimitHeaders;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
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

	private static final Executor WORKERS = (task) -> Schedulers.boundedElastic().schedule(task);

	/** Application code must not run on the thread of a driver. */
	private static final Executor AFTER = (task) -> Schedulers.parallel().schedule(task);

	private static final String ANONYMOUS = "org.springframework.security.authentication.AnonymousAuthenticationToken";

	private final ApplicationContext context;

	private final ThrottleEngine engine;

	private final HandlerPlans plans;

	private final ClientAddressResolver addresses;

	private final PathSelection paths;

	private final RateLimitHeaders headers;

	private final HandlerAdapters adapters;

	private final RequestFailures failures;

	private final ProxyDetector proxyDetector;

	/**
	 * Create an adapter.
	 * @param context the application; requests of other contexts, such as those of the
	 * management port, are not throttled
	 * @param engine decides requests
	 * @param plans which throttles apply to which handler
	 * @param addresses resolves the client's address
	 * @param paths the included and excluded paths
	 * @param headers writes the rate limit headers
	 * @param answers answers a denial that no exception handler answers
	 * @param isDenialForAnyExceptionHandler whether exception handlers that do not name a
	 * denial get it, too
	 */
	public ThrottleHandlerAdapter(ApplicationContext context, ThrottleEngine engine, HandlerPlans plans,
			ClientAddressResolver addresses, PathSelection paths, RateLimitHeaders headers,
			ThrottledExceptionHandler answers, boolean isDenialForAnyExceptionHandler) {
		this.context = context;
		this.engine = engine;
		this.plans = plans;
		this.addresses = addresses;
		this.paths = paths;
		this.headers = headers;
		this.adapters = new HandlerAdapters(context);
		this.failures = new RequestFailures(context, this.adapters, answers, isDenialForAnyExceptionHandler);
		this.proxyDetector = new ProxyDetector(addresses);
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof HandlerMethod || FunctionalRoutes.isRoute(handler) || this.paths.includesSome();
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		try {
			HandlerPlan plan = plan(exchange, handler);
			CountedExchange counted = (plan != null && plan.isThrottled()) ? CountedExchange.begin(exchange) : null;
			return (plan != null && counted != null) ? throttle(exchange, handler, plan, counted)
					: call(exchange, handler);
		}
		catch (InvalidThrottleConfigurationException ex) {
			return this.failures.answer(exchange, handler, ex);
		}
	}

	private @Nullable HandlerPlan plan(ServerWebExchange exchange, Object handler) {
		ApplicationContext context = exchange.getApplicationContext();
		ReactivePath path = new ReactivePath(exchange.getRequest());
		if ((context != null && context != this.context) || CorsUtils.isPreFlightRequest(exchange.getRequest())
				|| this.paths.excludes(path)) {
			return null;
		}
		if (FunctionalRoutes.isRoute(handler)) {
			return this.plans.routePlan(ScopedRoutes.scopes(exchange));
		}
		HandlerPlan plan = (handler instanceof HandlerMethod method) ? this.plans.plan(method) : null;
		return (plan == null && this.paths.includes(path)) ? this.plans.defaultPlan() : plan;
	}

	private Mono<HandlerResult> throttle(ServerWebExchange exchange, Object handler, HandlerPlan plan,
			CountedExchange counted) {
		if (!this.proxyDetector.isOver()) {
			ServerHttpRequest request = exchange.getRequest();
			this.proxyDetector.look(ReactiveThrottleRequest.remoteAddress(request),
					(header) -> request.getHeaders().getFirst(header) != null);
		}
		return exchange.getPrincipal()
			.filter((principal) -> !principal.getClass().getName().equals(ANONYMOUS))
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((principal) -> decide(exchange, principal.orElse(null), plan, counted))
			.map((decision) -> conclude(exchange, handler, decision))
			.onErrorResume((failure) -> Mono.just(this.failures.answer(exchange, handler, failure)))
			.flatMap(Function.identity());
	}

	private Mono<Decision> decide(ServerWebExchange exchange, @Nullable Principal principal, HandlerPlan plan,
			CountedExchange counted) {
		ReactiveThrottleRequest request = new ReactiveThrottleRequest(exchange, principal, plan.scopes(),
				this.addresses);
		CompletableFuture<Decision> decided = this.engine.decideAsync(request, plan.throttles(), WORKERS, AFTER)
			.whenComplete((decision, failure) -> {
				if (decision != null) {
					counted.decided(decision);
				}
			});
		// Not cancelled with the request, because the decision has to be released.
		return (decided.isDone() && !decided.isCompletedExceptionally()) ? Mono.just(decided.join())
				: Mono.fromFuture(decided, true);
	}

	/**
	 * Return what follows a decision: the handler, or the answer to a denial.
	 */
	private Mono<HandlerResult> conclude(ServerWebExchange exchange, Object handler, Decision decision) {
		ExchangeHeaders.write(this.headers, decision, exchange.getResponse());
		return decision.isAllowed() ? Mono.defer(() -> call(exchange, handler))
				: this.failures.answer(exchange, handler, decision.toException());
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
