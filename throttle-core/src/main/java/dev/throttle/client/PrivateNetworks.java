package dev.throttle.client;

import java.util.stream.Stream;

/**
 * The networks that cannot be reached from the Internet (RFC 1918, RFC 4193, RFC 6598).
 * Loopback addresses are not included.
 *
 * @since 1.0.0
 */
public final class PrivateNetworks {

	private static final Cidr[] NETWORKS = networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
			"fc00::/7");

	private static final Cidr[] LOCAL = networks("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16");

	private PrivateNetworks() {
	}

	private static Cidr[] networks(String... texts) {
		return Stream.of(texts).map(Cidr::parse).toArray(Cidr[]::new);
	}

	/**
	 * Return whether an address is in one of these networks.
	 * @param address an address, or an IPv6 network as {@link ClientAddressResolver}
	 * returns it
	 * @return whether it is; false if the text is not an address
	 */
	public static boolean contain(String address) {
		int slash = address.indexOf('/');
		IpAddress parsed = AddressParser.parse((slash < 0) ? address : address.substring(0, slash));
		return parsed != null && isIn(NETWORKS, parsed);
	}

	/**
	 * Return whether an IPv4 address is in one of these networks, or is local to a host
	 * or a link. NAT64 must not translate these (RFC 6052, section 3.1).
	 */
	static boolean isNotGlobal(IpAddress ipv4) {
		return isIn(NETWORKS, ipv4) || isIn(LOCAL, ipv4);
	}

	private static boolean isIn(Cidr[] networks, IpAddress address) {
		for (Cidr network : networks) {
			if (network.contains(address)) {
				return true;
			}
		}
		return false;
	}

}
