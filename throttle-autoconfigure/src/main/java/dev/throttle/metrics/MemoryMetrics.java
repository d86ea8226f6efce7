package dev.throttle.metrics;

import java.util.Map;
import java.util.function.ToDoubleFunction;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.MemoryStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Measures what the in-memory backends hold, and what they had no room for.
 *
 * @since 1.0.0
 */
public final class MemoryMetrics implements MeterBinder {

	private final Map<String, CacheBackend> backends;

	/**
	 * Create the metrics.
	 * @param backends the backends by name; those that are not in memory are left out
	 */
	public MemoryMetrics(Map<String, CacheBackend> backends) {
		this.backends = Map.copyOf(backends);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.backends.forEach((name, backend) -> {
			if (backend instanceof MemoryCacheBackend memory) {
				gauge("throttle.memory.clients", "Clients with a history", name, memory, MemoryStatistics::clients)
					.register(registry);
				gauge("throttle.memory.entries", "Entries that are allocated in all histories", name, memory,
						MemoryStatistics::entries)
					.register(registry);
				counter("throttle.memory.evictions", "Clients that were evicted to make room for others", name, memory,
						MemoryStatistics::evictions)
					.register(registry);
				counter("throttle.memory.overflows", "Requests counted in a history that several clients share", name,
						memory, MemoryStatistics::overflows)
					.register(registry);
				counter("throttle.memory.merges", "Entries that were merged with others for lack of room", name, memory,
						MemoryStatistics::merges)
					.register(registry);
			}
		});
	}

	private static Gauge.Builder<MemoryCacheBackend> gauge(String meter, String description, String name,
			MemoryCacheBackend backend, ToDoubleFunction<MemoryStatistics> value) {
		return Gauge.builder(meter, backend, (memory) -> value.applyAsDouble(memory.statistics()))
			.description(description)
			.tag("backend", name);
	}

	private static FunctionCounter.Builder<MemoryCacheBackend> counter(String meter, String description, String name,
			MemoryCacheBackend backend, ToDoubleFunction<MemoryStatistics> value) {
		return FunctionCounter.builder(meter, backend, (memory) -> value.applyAsDouble(memory.statistics()))
			.description(description)
			.tag("backend", name);
	}

}
