package dev.throttle.http;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/**
 * An application of its own whose threads call a server as often as they can. First, it
 * calls under another limit: a call that finds no loaded class might take longer than the
 * period of the rate.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class PacingCaller {

	static final String WARM_UP = "/warm-up";

	private static final int WARM_UP_CALLS = 10;

	private static final int THREADS = 60;

	public static void main(String[] args) {
		ConfigurableApplicationContext context = SpringApplication.run(PacingCaller.class, args);
		String other = context.getEnvironment().getRequiredProperty("other") + WARM_UP;
		String target = context.getEnvironment().getRequiredProperty("target");
		RestClient client = context.getBean(RestClient.Builder.class).build();
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		for (int i = 0; i < THREADS; i++) {
			threads.execute(() -> {
				for (int call = 0; call < WARM_UP_CALLS; call++) {
					client.get().uri(other).retrieve().body(String.class);
				}
				while (true) {
					client.get().uri(target).retrieve().body(String.class);
				}
			});
		}
	}

}
