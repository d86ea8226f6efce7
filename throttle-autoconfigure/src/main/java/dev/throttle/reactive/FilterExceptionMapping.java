package dev.throttle.reactive;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * Lets {@link DispatcherHandler} answer the exception of a filter as that of a handler,
 * whichever handler the request is for, or none.
 *
 * @since 1.0.0
 */
public final class FilterExceptionMapping implements HandlerMapping, Ordered {

	private static final String ATTRIBUTE = FilterExceptionMapping.class.getName();

	private final Supplier<DispatcherHandler> dispatcher;

	private final CorsRules cors;

	/**
	 * Create a mapping.
	 * @param context the application, whose CORS rules and exception handlers apply
	 */
	public FilterExceptionMapping(ApplicationContext context) {
		this.dispatcher = SingletonSupplier.of(() -> context.getBean(DispatcherHandler.class));
		this.cors = new CorsRules(context, this::mappings);
	}

	private List<HandlerMapping> mappings() {
		return Objects.requireNonNullElse(this.dispatcher.get().getHandlerMappings(), List.of());
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	/**
	 * Answer a request with the application's CORS headers and exception handlers.
	 */
	Mono<Void> answer(ServerWebExchange sent, Throwable exception) {
		// What is answered here is no preflight, even if it looks like one.
		ServerWebExchange exchange = CorsUtils.isPreFlightRequest(sent.getRequest())
				? sent.mutate().request((request) -> request.method(HttpMethod.GET)).build() : sent;
		return this.cors.allow(exchange).flatMap((isAllowed) -> {
			if (!isAllowed) {
				return Mono.empty();
			}
			exchange.getAttributes().put(ATTRIBUTE, new Thrown(exception));
			return this.dispatcher.get().handle(exchange);
		});
	}

	@Override
	public Mono<Object> getHandler(ServerWebExchange exchange) {
		return Mono.justOrEmpty(exchange.<Object>getAttribute(ATTRIBUTE));
	}

	/**
	 * The exception of a filter, in place of a handler.
	 *
	 * @param exception the exception
	 */
	record Thrown(Throwable exception) {

	}

}
