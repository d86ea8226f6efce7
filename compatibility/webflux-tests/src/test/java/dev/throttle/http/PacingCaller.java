package dev.throttle.http;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * An application of its own that calls a server as often as it can. First, it calls under
 * another limit: a call that finds no loaded class might take longer than the period of
 * the rate.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class PacingCaller {

	static final String WARM_UP = "/warm-up";

	private static final int WARM_UP_CALLS = 10;

	private static final int CALLS = 60;

	public static void main(String[] args) {
		ConfigurableApplicationContext context = SpringApplication.run(PacingCaller.class, args);
		String other = context.getEnvironment().getRequiredProperty("other") + WARM_UP;
		String target = context.getEnvironment().getRequiredProperty("target");
		WebClient client = context.getBean(WebClient.Builder.class).build();
		Flux.range(0, CALLS)
			.flatMap((number) -> call(client, other).repeat(WARM_UP_CALLS - 1).thenMany(call(client, target).repeat()),
					CALLS)
			.blockLast();
	}

	private static Mono<String> call(WebClient client, String target) {
		return client.get()
			.uri(target)
			.retrieve()
			.bodyToMono(String.class)
			// the server may close a connection that was about to be used again
			.retryWhen(Retry.indefinitely().filter(WebClientRequestException.class::isInstance));
	}

}
