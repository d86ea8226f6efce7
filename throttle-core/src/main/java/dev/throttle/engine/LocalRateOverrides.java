package dev.throttle.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import dev.throttle.backend.RateOverride;
import dev.throttle.backend.RateOverrides;
import org.jspecify.annotations.Nullable;

/**
 * Keeps overrides in this process. The listener handles their expiry.
 */
final class LocalRateOverrides implements RateOverrides {

	private final Supplier<Instant> clock;

	private final Map<String, RateOverride> overrides = new TreeMap<>();

	private Listener listener = (overrides, now) -> {
	};

	LocalRateOverrides(Supplier<Instant> clock) {
		this.clock = clock;
	}

	@Override
	public synchronized void follow(Listener listener) {
		this.listener = listener;
	}

	@Override
	public synchronized void set(String scope, String rates, @Nullable Duration duration) {
		Instant now = this.clock.get();
		this.overrides.put(scope, new RateOverride(scope, rates, (duration != null) ? now.plus(duration) : null));
		notifyListener(now);
	}

	@Override
	public synchronized void remove(String scope) {
		this.overrides.remove(scope);
		notifyListener(this.clock.get());
	}

	private void notifyListener(Instant now) {
		this.overrides.values().removeIf((override) -> override.until() != null && !now.isBefore(override.until()));
		this.listener.changed(List.copyOf(this.overrides.values()), now);
	}

	@Override
	public boolean isShared() {
		return false;
	}

}
