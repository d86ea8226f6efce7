package dev.throttle.reactive;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.throttle.web.SecurityChain;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * The CORS rules of an application, for an exchange that is answered before they apply by
 * themselves: those of its {@link CorsWebFilter}s, also within Spring Security, or else
 * those of the handler.
 */
final class CorsRules {

	private static final Logger logger = LoggerFactory.getLogger(CorsRules.class);

	private static final String SECURITY = "org.springframework.security.web.server.SecurityWebFilterChain";

	private final Supplier<List<CorsWebFilter>> filters;

	private final Supplier<List<SecurityChain>> security;

	private final Supplier<List<HandlerMapping>> mappings;

	/**
	 * Create the rules of an application.
	 * @param mappings returns its handler mappings, in order
	 */
	CorsRules(ApplicationContext context, Supplier<List<HandlerMapping>> mappings) {
		this.filters = SingletonSupplier
			.of(() -> context.getBeanProvider(CorsWebFilter.class).orderedStream().toList());
		this.security = SingletonSupplier
			.of(() -> SecurityChain.find(context, SECURITY, ServerWebExchange.class, "getWebFilters"));
		this.mappings = mappings;
	}

	/**
	 * Set the headers for a request of another origin.
	 * @return whether the rules allow it; if not, it is answered
	 */
	Mono<Boolean> allow(ServerWebExchange exchange) {
		if (exchange.getRequest().getHeaders().getFirst(HttpHeaders.ORIGIN) == null) {
			return Mono.just(true);
		}
		return Flux.concat(Flux.fromIterable(this.filters.get()), securityFilters(exchange))
			.ofType(CorsWebFilter.class)
			.concatMap((filter) -> allow(filter, exchange))
			.concatWith(Mono.defer(() -> allowByHandler(exchange)))
			.all(Boolean::booleanValue);
	}

	private Flux<?> securityFilters(ServerWebExchange exchange) {
		return Flux.fromIterable(this.security.get())
			.filterWhen((chain) -> Mono.from(publisher(chain.matches(exchange))).map(Boolean.TRUE::equals))
			.next()
			.flatMapMany((chain) -> publisher(chain.filters()));
	}

	private static Publisher<?> publisher(@Nullable Object result) {
		return (result instanceof Publisher<?> publisher) ? publisher : Mono.empty();
	}

	private static Mono<Boolean> allow(CorsWebFilter filter, ServerWebExchange exchange) {
		AtomicBoolean passed = new AtomicBoolean();
		return filter.filter(exchange, (passedExchange) -> Mono.fromRunnable(() -> passed.set(true)))
			.then(Mono.fromSupplier(passed::get));
	}

	/**
	 * Apply the rules of the handler that would be called. If there is none, such as for
	 * a method that is not allowed, there are no rules.
	 */
	private Mono<Boolean> allowByHandler(ServerWebExchange exchange) {
		return Flux.fromIterable(this.mappings.get())
			.concatMap((mapping) -> mapping.getHandler(exchange))
			.next()
			.onErrorResume((failure) -> {
				logger.debug("Could not find the CORS rules of a denied request", failure);
				return Mono.empty();
			})
			.then(Mono.fromSupplier(() -> exchange.getResponse().getStatusCode() != HttpStatus.FORBIDDEN));
	}

}
