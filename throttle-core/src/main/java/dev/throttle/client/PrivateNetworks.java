package dev.throttle.client;

import java.util.stream.Stream;

/**
 * The networks that are not reached from the Internet (RFC 1918, RFC 4193, RFC 6598).
 * Loopback addresses are none of them.
 *
 * @since 1.0.0
 */
public final class PrivateNetworks {

	private static final Cidr[] NETWORKS = Stream
		.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
		.map(Cidr::parse)
		.toArray(Cidr[]::new);

	private PrivateNetworks() {
	}

	/**
	 * Return whether an address is one of them.
	 * @param address an address, or an IPv6 network as {@link ClientAddressResolver}
	 * returns it
	 * @return whether it is; not for what is no address
	 */
	public static boolean contain(String address) {
		int slash = address.indexOf('/');
		IpAddress parsed = AddressParser.parse((slash < 0) ? address : address.substring(0, slash));
		return parsed != null && Stream.of(NETWORKS).anyMatch((network) -> network.contains(parsed));
	}

}
