package dev.throttle.reactive;

import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.PathSelection;
import dev.throttle.web.Preflights;
import dev.throttle.web.RateLimitHeaders;
import dev.throttle.web.RequestEnd;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Counts a request once, before authentication and whatever becomes of it, and answers it
 * if it is denied. When the request has completed, failed or been cancelled, the filter
 * settles and releases its decision and that at the handler. A CORS preflight is never
 * counted.
 *
 * @since 1.0.0
 */
public final class ThrottleWebFilter implements WebFilter, Ordered {

	private final ExchangeDecisions decisions;

	private final AppliedThrottles throttles;

	private final PathSelection paths;

	private final Preflights preflights;

	private final RateLimitHeaders headers;

	private final FilterExceptionMapping exceptions;

	/**
	 * Create a filter.
	 * @param decisions decides requests
	 * @param throttles the throttles of the filter, which may be none
	 * @param paths the paths of the requests to throttle
	 * @param preflights tells preflights from other requests
	 * @param headers writes the rate limit headers
	 * @param exceptions answers a denial
	 */
	public ThrottleWebFilter(ExchangeDecisions decisions, AppliedThrottles throttles, PathSelection paths,
			Preflights preflights, RateLimitHeaders headers, FilterExceptionMapping exceptions) {
		this.decisions = decisions;
		this.throttles = throttles;
		this.paths = paths;
		this.preflights = preflights;
		this.headers = headers;
		this.exceptions = exceptions;
	}

	/**
	 * Inside the observation of the request, outside sessions and security.
	 */
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE + 20;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		CountedExchange counted = CountedExchange.of(exchange);
		Mono<Void> answered = (isThrottled(exchange) && counted.begin(ThrottleWebFilter.class))
				? throttle(exchange, counted, chain) : chain.filter(exchange);
		return (this.decisions.areSettled() ? settle(exchange, counted, answered) : answered)
			.doFinally((signal) -> counted.end());
	}

	private Mono<Void> settle(ServerWebExchange exchange, CountedExchange counted, Mono<Void> answered) {
		return answered.doOnSuccess((nothing) -> this.decisions.settle(counted, endOf(exchange)))
			.doOnError((failure) -> settle(exchange, counted, failure))
			.doOnCancel(() -> this.decisions.settle(counted, RequestEnd.CLIENT_GONE));
	}

	/**
	 * Settle a request that has failed. Its status is known when the exception handlers,
	 * which come later, have answered it.
	 */
	private void settle(ServerWebExchange exchange, CountedExchange counted, Throwable failure) {
		counted.endBytes();
		ServerHttpResponse response = exchange.getResponse();
		if (DisconnectedClientHelper.isClientDisconnectedException(failure)) {
			this.decisions.settle(counted, RequestEnd.CLIENT_GONE);
		}
		else if (response.isCommitted()) {
			this.decisions.settle(counted, endOf(exchange));
		}
		else {
			response.beforeCommit(() -> {
				this.decisions.settle(counted, endOf(exchange));
				return Mono.empty();
			});
		}
	}

	/**
	 * Return how a request has ended. If the client leaves while an answer of unknown
	 * length is streamed, Reactor Netty completes it. It lets go of the connection once
	 * an answer of known length is sent.
	 */
	private static RequestEnd endOf(ServerWebExchange exchange) {
		boolean isStreamed = exchange.getResponse().getHeaders().getContentLength() < 0;
		if (isStreamed && Connections.isClosed(exchange.getRequest())) {
			return RequestEnd.CLIENT_GONE;
		}
		HttpStatusCode status = exchange.getResponse().getStatusCode();
		return new RequestEnd((status != null) ? status.value() : HttpStatus.OK.value());
	}

	private boolean isThrottled(ServerWebExchange exchange) {
		return !this.throttles.steps().isEmpty() && this.decisions.isOwn(exchange)
				&& !isPreflight(exchange.getRequest()) && this.paths.selects(new ReactivePath(exchange.getRequest()));
	}

	private boolean isPreflight(ServerHttpRequest request) {
		return CorsUtils.isPreFlightRequest(request)
				&& !this.preflights.hasCredentials((header) -> request.getHeaders().getFirst(header) != null);
	}

	private Mono<Void> throttle(ServerWebExchange exchange, CountedExchange counted, WebFilterChain chain) {
		return Mono.defer(() -> this.decisions.decide(exchange, counted, null, this.throttles, DeclaredScopes.NONE,
				(decision) -> conclude(exchange, decision, chain),
				(failure) -> this.exceptions.answer(exchange, failure)));
	}

	/**
	 * Return what follows a decision: the other filters, or the answer to a denial.
	 */
	private Mono<Void> conclude(ServerWebExchange exchange, Decision decision, WebFilterChain chain) {
		ReactiveResponseHeaders.write(this.headers, decision, exchange);
		return decision.isAllowed() ? chain.filter(exchange) : this.exceptions.answer(exchange, decision.toException());
	}

}
