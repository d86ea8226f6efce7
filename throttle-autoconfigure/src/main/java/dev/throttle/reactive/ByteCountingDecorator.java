package dev.throttle.reactive;

import dev.throttle.web.ByteCount;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;

/**
 * Counts the bytes that an application reads and writes. It wraps requests before their
 * exchange is created, which may read the body as a form.
 *
 * @since 1.0.0
 */
public final class ByteCountingDecorator implements HttpHandlerDecoratorFactory {

	@Override
	public HttpHandler apply(HttpHandler handler) {
		return (request, response) -> {
			ByteCount count = new ByteCount();
			return handler.handle(new CountingRequest(request, count),
					CountingResponse.of(response, request.getMethod(), count));
		};
	}

	/**
	 * Return the count of an exchange.
	 * @return the count; null if its bytes are not counted
	 */
	static @Nullable ByteCount count(ServerWebExchange exchange) {
		ServerHttpResponse response = exchange.getResponse();
		while (response instanceof ServerHttpResponseDecorator decorator) {
			if (decorator instanceof CountingResponse counting) {
				return counting.count();
			}
			response = decorator.getDelegate();
		}
		return null;
	}

}
