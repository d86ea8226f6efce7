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

	private final String kind;

	TrafficThrottle(int place, Traffic.Limiter limiter) {
		super(scope(limiter.scope()));
		this.place = place;
		this.kind = limiter.ownClients() ? "client-of-" + place : "client";
	}

	static String scope(int place) {
		return "scope" + (char) ('a' + place);
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return Client.of(this.kind, request.user());
	}

	@Override
	protected long cost(ThrottleRequest request) {
		return Objects.requireNonNull(request.nativeRequest(Traffic.Arrival.class)).costs().get(this.place);
	}

}
