package dev.throttle;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Counts requests by the API key in a header. It does not apply to requests without the
 * header. The key is not verified, so anybody can make up keys: count the address as
 * well.
 *
 * @since 1.0.0
 */
public class ApiKeyRateThrottle extends SimpleRateThrottle {

	/**
	 * The scope, and the kind of the clients. The keys are secret.
	 */
	public static final String SCOPE = "api-key";

	private final String header;

	/**
	 * Create a throttle with the rate {@code throttle.rates.api-key}.
	 * @param header the name of the header
	 */
	public ApiKeyRateThrottle(String header) {
		super(SCOPE);
		this.header = Objects.requireNonNull(header, "'header' must not be null");
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return Client.secret(SCOPE, request.header(this.header));
	}

}
