package dev.throttle.http;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * Sends refused requests of a {@code WebClient} again, without blocking a thread until
 * then. A request with a body is sent again only if it is marked with
 * {@link #repeatableBody()}: a stream would be empty the second time.
 *
 * @since 1.0.0
 */
public final class RetryAfterFilter implements ExchangeFilterFunction {

	private static final String REPEATABLE_BODY = RetryAfterFilter.class.getName() + ".repeatableBody";

	private final RetryRules rules;

	/**
	 * Create a filter.
	 * @param rules when a request may be sent again
	 */
	public RetryAfterFilter(RetryRules rules) {
		this.rules = rules;
	}

	/**
	 * Mark a request whose body can be sent again, such as a value:
	 * {@code .attributes(RetryAfterFilter.repeatableBody()).bodyValue(order)}.
	 * @return what to give to {@code attributes} of a request
	 */
	public static Consumer<Map<String, Object>> repeatableBody() {
		return (attributes) -> attributes.put(REPEATABLE_BODY, true);
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return Mono.defer(() -> {
			RetryRules.Call call = this.rules.begin(request.method(), request.url(), request.headers(),
					isBodyRepeatable(request));
			return (call != null) ? send(request, next, call) : next.exchange(request);
		});
	}

	private static boolean isBodyRepeatable(ClientRequest request) {
		return request.body() == BodyInserters.empty() || request.attribute(REPEATABLE_BODY).isPresent();
	}

	private static Mono<ClientResponse> send(ClientRequest request, ExchangeFunction next, RetryRules.Call call) {
		return next.exchange(request).flatMap((response) -> {
			Duration wait = call.waitAfter(response.statusCode().value(), response.headers().asHttpHeaders());
			if (wait == null) {
				return Mono.just(response);
			}
			return response.releaseBody()
				.onErrorComplete()
				.then(Mono.delay(wait))
				.doOnCancel(call::abandoned)
				.then(Mono.defer(() -> send(request, next, call)));
		});
	}

}
