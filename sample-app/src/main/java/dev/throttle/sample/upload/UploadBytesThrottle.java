package dev.throttle.sample.upload;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts the bytes of uploads by user, or else by address, with the rate
 * {@code throttle.rates.uploads-bytes}. It goes by the length that is announced, as the
 * body has not been read: the server reads no more than that, and an upload that
 * announces none is refused by its handler.
 */
@Component
class UploadBytesThrottle extends SimpleRateThrottle {

	static final String UPLOADS = "uploads";

	UploadBytesThrottle() {
		super("uploads-bytes");
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return request.hasScope(UPLOADS) ? request.client() : null;
	}

	@Override
	protected long cost(ThrottleRequest request) {
		return Math.max(1, request.contentLength().orElse(1));
	}

}
