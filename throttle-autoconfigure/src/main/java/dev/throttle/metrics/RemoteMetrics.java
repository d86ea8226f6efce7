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
 * Measures the calls to stores outside the process, the state of their circuit breakers,
 * and the in-memory backends that count while a store fails.
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
				.description("Requests that were denied without calling the backend")
				.tag("backend", backend)
				.register(registry);
			Gauge.builder("throttle.backend.breaker.open", () -> this.open ? 1 : 0)
				.description("Whether the circuit breaker is open, so that the backend is not called")
				.tag("backend", backend)
				.register(registry);
		}

		private static Timer.Builder timer(String backend, String result) {
			return Timer.builder("throttle.backend")
				.description("Time that requests waited for the backend")
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
