package dev.throttle.metrics;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.remote.RemoteBackendListener;
import dev.throttle.backend.remote.RemoteCacheBackend;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Times the questions to stores outside the process, tells whether these are asked at
 * all, and what the backends hold that count while they are not.
 *
 * @since 1.0.0
 */
public final class RemoteMetrics implements MeterBinder {

	private final Map<String, CacheBackend> backends;

	/**
	 * Create the metrics.
	 * @param backends the backends by name; those that count in this process are left out
	 */
	public RemoteMetrics(Map<String, CacheBackend> backends) {
		this.backends = Map.copyOf(backends);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.backends.forEach((name, backend) -> {
			if (backend instanceof RemoteCacheBackend remote) {
				remote.addListener(new BackendMeters(registry, name));
				new MemoryMetrics(Map.of(name + ".local", remote.local())).bindTo(registry);
			}
		});
	}

	private static final class BackendMeters implements RemoteBackendListener {

		private final Timer answered;

		private final Timer failed;

		private final Counter knownDenials;

		private volatile boolean open;

		BackendMeters(MeterRegistry registry, String backend) {
			this.answered = timer(backend, "answered").register(registry);
			this.failed = timer(backend, "failed").register(registry);
			this.knownDenials = Counter.builder("throttle.backend.known.denials")
				.description("Requests that were denied without asking the backend")
				.tag("backend", backend)
				.register(registry);
			Gauge.builder("throttle.backend.breaker.open", () -> this.open ? 1 : 0)
				.description("Whether the backend is not asked because it did not answer")
				.tag("backend", backend)
				.register(registry);
		}

		private static Timer.Builder timer(String backend, String result) {
			return Timer.builder("throttle.backend")
				.description("Time for which requests waited for the backend")
				.tag("backend", backend)
				.tag("result", result);
		}

		@Override
		public void asked(boolean answered, long nanos) {
			(answered ? this.answered : this.failed).record(nanos, TimeUnit.NANOSECONDS);
		}

		@Override
		public void knownDenial() {
			this.knownDenials.increment();
		}

		@Override
		public void breakerChanged(boolean open) {
			this.open = open;
		}

	}

}
