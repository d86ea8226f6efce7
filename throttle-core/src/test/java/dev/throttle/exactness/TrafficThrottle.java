package dev.throttle.exactness;

import java.util.Objects;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * A throttle for random traffic, in which each request says what it costs.
 */
final class TrafficThrottle extends SimpleRateThrottle {

	private final int place;

	private final Traffic.Limiter limiter;

	TrafficThrottle(int place, Traffic.Limiter limiter) {
		super(scope(limiter.scope()));
		this.place = place;
		this.limiter = limiter;
	}

	static String scope(int place) {
		return "scope" + (char) ('a' + place);
	}

	static @Nullable Client client(int place, Traffic.Limiter limiter, @Nullable String user) {
		return Client.of(limiter.ownClients() ? "client-of-" + place : "client", user);
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return client(this.place, this.limiter, request.user());
	}

	@Override
	protected long cost(ThrottleRequest request) {
		return Objects.requireNonNull(request.nativeRequest(Traffic.Arrival.class)).costs().get(this.place);
	}

}
