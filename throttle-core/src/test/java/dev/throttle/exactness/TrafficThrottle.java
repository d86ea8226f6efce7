package dev.throttle.exactness;

import java.util.Objects;

import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;

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
	protected String ident(ThrottleRequest request) {
		return Objects.requireNonNull(request.user());
	}

	@Override
	protected String kind(ThrottleRequest request) {
		return this.kind;
	}

	@Override
	protected long cost(ThrottleRequest request) {
		return Objects.requireNonNull(request.nativeRequest(TrafficRequest.class)).costs().get(this.place);
	}

}
