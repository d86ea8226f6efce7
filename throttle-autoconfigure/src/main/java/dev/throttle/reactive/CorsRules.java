package dev.throttle.reactive;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * The CORS rules of an application, for an exchange that is answered before they apply by
 * themselves: those of its {@link CorsWebFilter}s, also within Spring Security, and those
 * of the handler.
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
		this.security = SingletonSupplier.of(() -> SecurityChain.find(context));
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
			.filterWhen((chain) -> chain.matches(exchange))
			.next()
			.flatMapMany(SecurityChain::filters);
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

	/**
	 * A {@code SecurityWebFilterChain}.
	 */
	private record SecurityChain(Object bean, Method matches, Method webFilters) {

		static List<SecurityChain> find(ApplicationContext context) {
			ClassLoader classLoader = context.getClassLoader();
			if (!ClassUtils.isPresent(SECURITY, classLoader)) {
				return List.of();
			}
			Class<?> type = ClassUtils.resolveClassName(SECURITY, classLoader);
			Method matches = ClassUtils.getMethod(type, "matches", ServerWebExchange.class);
			Method webFilters = ClassUtils.getMethod(type, "getWebFilters");
			return context.getBeanProvider(type)
				.orderedStream()
				.map((bean) -> new SecurityChain(bean, matches, webFilters))
				.toList();
		}

		Mono<Boolean> matches(ServerWebExchange exchange) {
			return Mono.from(publisher(this.matches, exchange)).map(Boolean.TRUE::equals);
		}

		Flux<?> filters() {
			return Flux.from(publisher(this.webFilters));
		}

		private Publisher<?> publisher(Method method, Object... arguments) {
			return (Publisher<?>) Objects.requireNonNull(ReflectionUtils.invokeMethod(method, this.bean, arguments));
		}

	}

}
