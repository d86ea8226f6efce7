package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Makes the resolver of client addresses, and warns where it is not the only one who
 * reads forwarded headers.
 */
final class ClientAddresses {

	private static final Logger logger = LoggerFactory.getLogger(ClientAddresses.class);

	static final String STRATEGY = "server.forward-headers-strategy";

	private ClientAddresses() {
	}

	static ClientAddressResolver resolver(ThrottleProperties.Client client, Environment environment) {
		String rewriting = rewritingProperty(environment);
		boolean byServer = rewriting != null && client.getTrustedProxies().isEmpty();
		ClientAddressResolver resolver = build(client, byServer);
		if (rewriting != null && resolver.readsForwardedFor()) {
			logger.warn(
					"The client's address is taken from forwarded headers twice, by the server and by 'throttle.client.{}', which may then believe a forged one: {}, or remove 'throttle.client.{}'",
					property(client),
					rewriting.equals(STRATEGY) ? "set '" + STRATEGY + "' to 'none'" : "remove '" + rewriting + "'",
					property(client));
		}
		return resolver;
	}

	private static ClientAddressResolver build(ThrottleProperties.Client client, boolean byServer) {
		Integer numProxies = client.getNumProxies();
		if (numProxies != null && !client.getTrustedProxies().isEmpty()) {
			throw new InvalidThrottleConfigurationException(
					"Both 'throttle.client.num-proxies' and 'throttle.client.trusted-proxies' are set, but only one of them can say which proxies are believed.",
					"Remove 'throttle.client.num-proxies' if the addresses of the proxies are known, else 'throttle.client.trusted-proxies'.");
		}
		if (numProxies != null && numProxies < 0) {
			throw invalid("num-proxies", numProxies, "a number of proxies is at least 0",
					"Write how many proxies stand before the application, or remove the property if there are none.");
		}
		int prefix = client.getIpv6Prefix();
		if (prefix < 1 || prefix > 128) {
			throw invalid("ipv6-prefix", prefix, "a prefix is from 1 to 128 bits long",
					"Write 64 to count each network as one client, or 128 to count each address.");
		}
		try {
			return ClientAddressResolver.builder()
				.numProxies((numProxies == null && byServer) ? Integer.valueOf(0) : numProxies)
				.trustedProxies(client.getTrustedProxies())
				.ipv6Prefix(prefix)
				.build();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(
					"The property 'throttle.client.trusted-proxies' does not name networks of proxies. "
							+ ex.getMessage() + ".",
					"Write networks such as '10.0.0.0/8' and addresses such as '10.0.0.1', separated by commas.");
		}
	}

	private static InvalidThrottleConfigurationException invalid(String property, int value, String reason,
			String action) {
		return new InvalidThrottleConfigurationException(
				"The property 'throttle.client." + property + "' is " + value + ", but " + reason + ".", action);
	}

	/**
	 * Return the property by which the server rewrites the address, null where it does
	 * not. Tomcat's properties count whatever the strategy is.
	 */
	static @Nullable String rewritingProperty(Environment environment) {
		for (String property : List.of("server.tomcat.remoteip.remote-ip-header",
				"server.tomcat.remoteip.protocol-header")) {
			if (StringUtils.hasText(environment.getProperty(property))) {
				return property;
			}
		}
		String strategy = environment.getProperty(STRATEGY);
		if (strategy == null) {
			CloudPlatform platform = CloudPlatform.getActive(environment);
			return (platform != null && platform.isUsingForwardHeaders()) ? STRATEGY : null;
		}
		return Set.of("native", "framework").contains(strategy.trim().toLowerCase(Locale.ROOT)) ? STRATEGY : null;
	}

	private static String property(ThrottleProperties.Client client) {
		return (client.getNumProxies() != null) ? "num-proxies" : "trusted-proxies";
	}

}
