package dev.throttle.metrics;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.redis.RedisBackendListener;
import dev.throttle.backend.redis.RedisCacheBackend;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Times what Redis is asked, tells whether it is asked at all, and what the backend holds
 * in memory that counts while it is not.
 *
 * @since 1.0.0
 */
public final class RedisMetrics implements MeterBinder {

	private final Map<String, CacheBackend> backends;

	/**
	 * Create the metrics.
	 * @param backends the backends by name; those that do not count in Redis are left out
	 */
	public RedisMetrics(Map<String, CacheBackend> backends) {
		this.backends = Map.copyOf(backends);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.backends.forEach((name, backend) -> {
			if (backend instanceof RedisCacheBackend redis) {
				redis.addListener(new BackendMeters(registry, name));
				new MemoryMetrics(Map.of(name + ".local", redis.local())).bindTo(registry);
			}
		});
	}

	private static final class BackendMeters implements RedisBackendListener {

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
