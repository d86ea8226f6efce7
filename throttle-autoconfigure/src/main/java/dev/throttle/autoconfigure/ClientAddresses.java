package dev.throttle.autoconfigure;

import java.util.Locale;
import java.util.Set;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;

/**
 * Makes the resolver of client addresses, and warns where it is not the only one who
 * reads forwarded headers.
 */
final class ClientAddresses {

	private static final Logger logger = LoggerFactory.getLogger(ClientAddresses.class);

	private static final String STRATEGY = "server.forward-headers-strategy";

	private ClientAddresses() {
	}

	static ClientAddressResolver resolver(ThrottleProperties.Client client, Environment environment) {
		ClientAddressResolver resolver = build(client);
		if (resolver.readsForwardedFor() && isRewrittenByServer(environment)) {
			logger.warn(
					"Both '{}' and 'throttle.client.{}' take the client's address from forwarded headers, so that the second of them "
							+ "does not see what the first has used: set '{}=none', or remove 'throttle.client.{}'",
					STRATEGY, property(client), STRATEGY, property(client));
		}
		return resolver;
	}

	private static ClientAddressResolver build(ThrottleProperties.Client client) {
		try {
			return ClientAddressResolver.builder()
				.numProxies(client.getNumProxies())
				.trustedProxies(client.getTrustedProxies())
				.ipv6Prefix(client.getIpv6Prefix())
				.build();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The properties 'throttle.client.*' are invalid: " + ex.getMessage() + ".",
					"Correct 'throttle.client.num-proxies', 'throttle.client.trusted-proxies' or 'throttle.client.ipv6-prefix'.");
		}
	}

	private static boolean isRewrittenByServer(Environment environment) {
		String strategy = environment.getProperty(STRATEGY);
		if (strategy == null) {
			CloudPlatform platform = CloudPlatform.getActive(environment);
			return platform != null && platform.isUsingForwardHeaders();
		}
		return Set.of("native", "framework").contains(strategy.trim().toLowerCase(Locale.ROOT));
	}

	private static String property(ThrottleProperties.Client client) {
		return (client.getNumProxies() != null) ? "num-proxies" : "trusted-proxies";
	}

}
