package dev.throttle.autoconfigure;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Creates the resolver of client addresses from the properties.
 */
final class ClientAddresses {

	private ClientAddresses() {
	}

	static ClientAddressResolver resolver(ClientProperties client, Environment environment) {
		boolean rewritten = client.getTrustedProxies().isEmpty() && AddressRewriters.areConfigured(environment);
		Integer numProxies = client.getNumProxies();
		if (numProxies != null && !client.getTrustedProxies().isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.CONTRADICTORY_PROPERTIES,
					"Both 'throttle.client.num-proxies' and 'throttle.client.trusted-proxies' are set, but only one of them can be used.",
					"Remove 'throttle.client.num-proxies' if you know the addresses of the proxies. Otherwise, remove 'throttle.client.trusted-proxies'.");
		}
		if (numProxies != null && numProxies < 0) {
			throw invalid("num-proxies", numProxies, "it must be at least 0",
					"Set it to the number of proxies in front of the application, or remove the property if there are none.");
		}
		boolean hasHeader = StringUtils.hasText(client.getAddressHeader());
		if (hasHeader && client.getTrustedProxies().isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.UNTRUSTED_ADDRESS_HEADER,
					"The property 'throttle.client.address-header' is set, but without 'throttle.client.trusted-proxies' anybody could send that header.",
					"Set 'throttle.client.trusted-proxies' to the networks of the proxies that send it.");
		}
		int prefix = client.getIpv6Prefix();
		if (prefix < 1 || prefix > 128) {
			throw invalid("ipv6-prefix", prefix, "it must be from 1 to 128",
					"Set it to 64 to count each network as one client, or to 128 to count each address.");
		}
		try {
			return ClientAddressResolver.builder()
				.numProxies((numProxies == null && rewritten) ? Integer.valueOf(0) : numProxies)
				.trustedProxies(client.getTrustedProxies())
				.addressHeader(hasHeader ? client.getAddressHeader() : null)
				.ipv6Prefix(prefix)
				.build();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_PROXIES,
					"The property 'throttle.client.trusted-proxies' is not valid. " + ex.getMessage() + ".",
					"Set it to networks such as '10.0.0.0/8' and addresses such as '10.0.0.1', separated by commas.");
		}
	}

	private static InvalidThrottleConfigurationException invalid(String property, int value, String reason,
			String action) {
		return new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE,
				"The property 'throttle.client." + property + "' is " + value + ", but " + reason + ".", action);
	}

}
