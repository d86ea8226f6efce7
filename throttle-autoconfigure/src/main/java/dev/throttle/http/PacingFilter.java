package dev.throttle.http;

import java.util.concurrent.CompletableFuture;

import dev.throttle.limiter.Acquisition;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * Lets the requests of a {@code WebClient} wait until the limit of their host has room,
 * or fail with an {@link OutgoingLimitException}. No thread is blocked.
 *
 * @since 1.0.0
 */
public final class PacingFilter implements ExchangeFilterFunction {

	private final OutgoingLimits limits;

	/**
	 * Create a filter.
	 * @param limits the limits by host
	 */
	public PacingFilter(OutgoingLimits limits) {
		this.limits = limits;
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		Pacer pacer = this.limits.find(request.url());
		if (pacer == null) {
			return next.exchange(request);
		}
		return acquire(pacer).flatMap((permit) -> {
			PacedCall call = new PacedCall(pacer, permit);
			return next.exchange(request)
				.doOnNext(
						(response) -> call.answered(response.statusCode().value(), response.headers().asHttpHeaders()))
				.doOnError((failure) -> call.over())
				.doOnCancel(call::over);
		});
	}

	/**
	 * Wait on no thread, and go on with the call on one that may run code of the
	 * application.
	 */
	private static Mono<Acquisition> acquire(Pacer pacer) {
		return Mono.defer(() -> {
			CompletableFuture<Acquisition> permit = pacer.acquire();
			return permit.isDone() ? Mono.fromFuture(permit) : Mono.fromFuture(permit).publishOn(Schedulers.parallel());
		});
	}

}
