package dev.throttle.http;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;

import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Calls a server as often as an instance of an application can. First, it calls under
 * another limit: a call that finds no loaded class might take longer than the period of
 * the rate.
 */
final class PacingCaller {

	private static final int WARM_UP_CALLS = 10;

	private static final int CALLS = 30;

	private final Collection<Throwable> failures = new ConcurrentLinkedQueue<>();

	private final Disposable calls;

	private PacingCaller(Flux<String> calls) {
		this.calls = calls.subscribe((answer) -> {
		}, this.failures::add);
	}

	static PacingCaller start(RunningApplication instance, String warmUp, String target) {
		WebClient client = instance.bean(WebClient.Builder.class).build();
		return new PacingCaller(Flux.range(0, CALLS)
			.flatMap((number) -> call(client, warmUp).repeat(WARM_UP_CALLS - 1).thenMany(call(client, target).repeat()),
					CALLS));
	}

	private static Mono<String> call(WebClient client, String target) {
		return client.get()
			.uri(target)
			.retrieve()
			.bodyToMono(String.class)
			// the server may close a connection that was about to be used again
			.retryWhen(Retry.indefinitely().filter(WebClientRequestException.class::isInstance));
	}

	Collection<Throwable> failures() {
		return this.failures;
	}

	void close() {
		this.calls.dispose();
	}

}
