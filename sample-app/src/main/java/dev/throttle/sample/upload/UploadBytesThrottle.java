package dev.throttle.sample.upload;

import dev.throttle.Client;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts the bytes of uploads by user, or else by address, with the rate
 * {@code throttle.rates.uploads-bytes}. It goes by the length that is announced, as the
 * body has not been read: the server reads no more than that, and an upload that
 * announces none is refused by its handler.
 */
@Component
class UploadBytesThrottle extends UserRateThrottle {

	static final String UPLOADS = "uploads";

	UploadBytesThrottle() {
		super("uploads-bytes");
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		boolean upload = request.handlerPolicies().stream().anyMatch((policy) -> policy.key().equals(UPLOADS));
		return upload ? super.client(request) : null;
	}

	@Override
	protected long cost(ThrottleRequest request) {
		HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
		return (servletRequest != null) ? Math.max(1, servletRequest.getContentLengthLong()) : 1;
	}

}
