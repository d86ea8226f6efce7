package dev.throttle.reactive;

import java.security.Principal;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.throttle.Reservation;
import dev.throttle.Scope;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.engine.DecisionReservation;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.RequestEnd;
import dev.throttle.web.Settlements;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.ApplicationContext;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Decides exchanges without blocking, for the filter and for the handler adapter, and
 * settles them when they are over.
 *
 * @since 1.0.0
 */
public final class ExchangeDecisions {

	private static final String ANONYMOUS = "org.springframework.security.authentication.AnonymousAuthenticationToken";

	static final Executor WORKERS = (task) -> Schedulers.boundedElastic().schedule(task);

	private final ApplicationContext context;

	private final ThrottleEngine engine;

	private final Settlements settlements;

	private final ClientAddressResolver addresses;

	private final ProxyDetector proxyDetector;

	/**
	 * Create the decisions of an application.
	 * @param context the application; requests of other contexts, such as those of the
	 * management port, are not throttled
	 * @param engine decides requests
	 * @param settlements settles requests when they are over
	 * @param addresses resolves the client's address
	 * @param proxyDetector inspects requests for signs of a proxy
	 */
	public ExchangeDecisions(ApplicationContext context, ThrottleEngine engine, Settlements settlements,
			ClientAddressResolver addresses, ProxyDetector proxyDetector) {
		this.context = context;
		this.engine = engine;
		this.settlements = settlements;
		this.addresses = addresses;
		this.proxyDetector = proxyDetector;
	}

	/**
	 * Return the user of an exchange, empty if it is anonymous.
	 */
	static Mono<Principal> user(ServerWebExchange exchange) {
		Mono<Principal> principal = exchange.getPrincipal();
		return (principal == Mono.<Principal>empty()) ? principal
				: principal.filter((user) -> !user.getClass().getName().equals(ANONYMOUS));
	}

	/**
	 * Return whether an exchange is the application's own, not one of the management
	 * port.
	 */
	boolean isOwn(ServerWebExchange exchange) {
		ApplicationContext context = exchange.getApplicationContext();
		return context == null || context == this.context;
	}

	/**
	 * Decide an exchange. The decision is made even if the exchange is cancelled
	 * meanwhile.
	 * @param counted gets the decision, to release it
	 * @param principal the user; null if unknown
	 * @param throttles the throttles that decide together
	 * @param declared the scopes that the handler declares
	 * @param conclusion returns what follows a decision
	 * @param failed returns what follows a failure, also one of the conclusion
	 * @return what follows; without an operator in between if the decision is there at
	 * once
	 */
	<T> Mono<T> decide(ServerWebExchange exchange, CountedExchange counted, @Nullable Principal principal,
			AppliedThrottles throttles, DeclaredScopes declared, Function<Decision, Mono<T>> conclusion,
			Function<Throwable, Mono<T>> failed) {
		try {
			CompletableFuture<Decision> decided = decide(exchange, counted.first() == null, principal, throttles,
					declared);
			if (decided.isDone() && !decided.isCompletedExceptionally()) {
				Decision decision = decided.join();
				decided(counted, decision);
				return conclusion.apply(decision);
			}
			// Not cancelled with the exchange, because the decision has to be released.
			return Mono.fromFuture(decided.whenComplete((decision, failure) -> {
				if (decision != null) {
					decided(counted, decision);
				}
			}).exceptionallyCompose(ExchangeDecisions::answerable), true)
				.map(conclusion)
				.onErrorResume((failure) -> Mono.just(failed.apply(failure)))
				.flatMap(Function.identity());
		}
		catch (Throwable ex) {
			return failed.apply(ex);
		}
	}

	/**
	 * Add a decision. If it comes late, the client has gone before.
	 */
	private void decided(CountedExchange counted, Decision decision) {
		if (counted.decided(decision)) {
			this.settlements.settle(List.of(decision), RequestEnd.CLIENT_GONE, counted.passed(), WORKERS);
		}
	}

	private CompletableFuture<Decision> decide(ServerWebExchange exchange, boolean isFirst,
			@Nullable Principal principal, AppliedThrottles throttles, DeclaredScopes declared) {
		ServerHttpRequest sent = exchange.getRequest();
		if (isFirst && !this.proxyDetector.isOver()) {
			this.proxyDetector.look(ReactiveThrottleRequest.remoteAddress(sent),
					(header) -> sent.getHeaders().getFirst(header) != null);
		}
		ReactiveThrottleRequest request = new ReactiveThrottleRequest(exchange, principal, declared, this.addresses,
				this.settlements.bytes());
		// Found beforehand, because a closed connection has no event loop.
		return this.engine.decideAsync(request, throttles, WORKERS, Connections.eventLoop(sent));
	}

	/**
	 * Return whether it matters how an exchange ends.
	 */
	boolean areSettled() {
		return !this.settlements.isEmpty();
	}

	/**
	 * Settle what was decided about an exchange, without waiting for it.
	 */
	void settle(CountedExchange counted, RequestEnd end) {
		if (areSettled()) {
			this.settlements.settle(counted.beginToSettle(), end, counted.passed(), WORKERS);
		}
	}

	/**
	 * Let the handler of an admitted exchange settle what was taken under some scopes.
	 */
	void reserve(ServerWebExchange exchange, Decision decision, Collection<Scope> scopes) {
		exchange.getAttributes()
			.put(Reservation.ATTRIBUTE, DecisionReservation.of(this.engine, decision, scopes, WORKERS));
	}

	/**
	 * Return a failure that reaches the exchange. Reactor considers some errors fatal,
	 * such as those of linkage and a stack overflow, and would leave the client without
	 * any answer.
	 */
	private static CompletionStage<Decision> answerable(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return CompletableFuture.failedFuture(
				Exceptions.isFatal(cause) ? new IllegalStateException("Could not decide a request", cause) : cause);
	}

}
