package dev.throttle.http;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.springframework.web.client.RestClient;

/**
 * Calls a server on many threads, as often as an instance of an application can. First,
 * it calls under another limit: a call that finds no loaded class might take longer than
 * the period of the rate.
 */
final class PacingCaller {

	private static final int WARM_UP_CALLS = 10;

	private static final int THREADS = 30;

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	private final Collection<Throwable> failures = new ConcurrentLinkedQueue<>();

	private PacingCaller() {
	}

	static PacingCaller start(RunningApplication instance, String warmUp, String target) {
		RestClient client = instance.bean(RestClient.Builder.class).build();
		PacingCaller caller = new PacingCaller();
		for (int i = 0; i < THREADS; i++) {
			caller.threads.execute(() -> caller.call(client, warmUp, target));
		}
		return caller;
	}

	private void call(RestClient client, String warmUp, String target) {
		try {
			for (int call = 0; call < WARM_UP_CALLS; call++) {
				client.get().uri(warmUp).retrieve().body(String.class);
			}
			while (!this.threads.isShutdown()) {
				client.get().uri(target).retrieve().body(String.class);
			}
		}
		catch (RuntimeException ex) {
			this.failures.add(ex);
		}
	}

	Collection<Throwable> failures() {
		return this.failures;
	}

	void close() {
		this.threads.shutdownNow();
	}

}
