package dev.throttle.client;

/**
 * A network of clients, or one address.
 *
 * @since 1.0.0
 */
public final class ClientNetwork {

	private final Cidr network;

	private ClientNetwork(Cidr network) {
		this.network = network;
	}

	/**
	 * Parse a network.
	 * @param text the network, such as {@code 10.0.0.0/8}, or one address
	 * @param ipv6Prefix the prefix length of the IPv6 networks that are one client
	 * @return the network
	 * @throws IllegalArgumentException if the text is not a network, or is a part of one
	 * that is one client
	 */
	public static ClientNetwork parse(String text, int ipv6Prefix) {
		Cidr network = Cidr.parse(text);
		if (!network.network().isIpv4() && network.bits() > ipv6Prefix) {
			throw new IllegalArgumentException("Invalid network '" + text + "': it is a part of a network that is one "
					+ "client; write '" + network.network().ident(ipv6Prefix) + "'");
		}
		return new ClientNetwork(network);
	}

	/**
	 * Return whether a client is in this network.
	 * @param address the client's address or IPv6 network, as from
	 * {@link ClientAddressResolver#resolve}
	 * @return whether it is; false if the text is not an address
	 */
	public boolean contains(String address) {
		int slash = address.indexOf('/');
		IpAddress parsed = AddressParser.parse((slash < 0) ? address : address.substring(0, slash));
		return parsed != null && this.network.contains(parsed);
	}

	/**
	 * Return the network in its canonical form, as in {@code 10.0.0.0/8}.
	 */
	@Override
	public String toString() {
		return this.network.toString();
	}

}
