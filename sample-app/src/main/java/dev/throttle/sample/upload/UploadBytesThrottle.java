package dev.throttle.sample.upload;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;

import org.springframework.stereotype.Component;

/**
 * Counts the bytes of uploads by user, or else by address, with the rate
 * {@code throttle.rates.uploads-bytes}. It uses the {@code Content-Length}, because the
 * body has not been read yet. The server reads no more than that, and the handler refuses
 * an upload without a length.
 */
@Component
class UploadBytesThrottle extends SimpleRateThrottle {

	UploadBytesThrottle() {
		super("uploads-bytes");
	}

	@Override
	protected Client client(ThrottleRequest request) {
		return request.client();
	}

	@Override
	protected long cost(ThrottleRequest request) {
		return Math.max(1, request.contentLength().orElse(1));
	}

}
