package dev.throttle.client;

/**
 * A network, either IPv4 or IPv6: {@code ::/0} does not contain an IPv4 address.
 *
 * @param network the first address
 * @param bits the prefix length, from 0 to 128; for IPv4, that of the mapped IPv6 network
 */
record Cidr(IpAddress network, int bits) {

	private static final int BITS = 128;

	private static final int IPV4_BITS = 32;

	/** 10.0.0.0/8 is the widest IPv4 network without clients from the Internet. */
	private static final int MIN_IPV4_BITS = 8;

	/** fc00::/7 is the widest IPv6 network without clients from the Internet. */
	private static final int MIN_IPV6_BITS = 7;

	/**
	 * Parse a network.
	 * @param text the network, such as {@code 10.0.0.0/8}, or one address
	 * @return the network
	 * @throws IllegalArgumentException if the text is not a network, or not its first
	 * address
	 */
	static Cidr parse(String text) {
		String trimmed = text.trim();
		int slash = trimmed.indexOf('/');
		String address = (slash < 0) ? trimmed : trimmed.substring(0, slash);
		IpAddress parsed = AddressParser.parse(address);
		if (parsed == null) {
			throw invalid(text, "'" + address + "' is not an address; write a network such as '10.0.0.0/8' or "
					+ "'2001:db8::/32', or one address such as '10.0.0.1'");
		}
		int addressBits = (address.indexOf(':') < 0) ? IPV4_BITS : BITS;
		int prefix = (slash < 0) ? addressBits : prefix(trimmed.substring(slash + 1));
		if (prefix < 0 || prefix > addressBits) {
			throw invalid(text, "write a whole number from 0 to " + addressBits + " after '/', as in '" + address + "/"
					+ addressBits + "'");
		}
		Cidr cidr = new Cidr(parsed.mask(BITS - addressBits + prefix), BITS - addressBits + prefix);
		if (!cidr.network.equals(parsed)) {
			throw invalid(text, "the address is not the first of its network; write '" + cidr + "' for the network or '"
					+ parsed + "' for the address alone");
		}
		return cidr;
	}

	/**
	 * Parse a network of proxies. A NAT64 network becomes the IPv4 network, if NAT64 may
	 * translate that one.
	 * @param text the network, or one address
	 * @return the network
	 * @throws IllegalArgumentException if the text is not a network, not its first
	 * address, or so wide that the network must contain clients
	 */
	static Cidr parseTrusted(String text) {
		Cidr cidr = parse(text);
		IpAddress ipv4 = cidr.network.withoutNat64();
		if (cidr.bits < (ipv4.isIpv4() ? BITS - IPV4_BITS + MIN_IPV4_BITS : MIN_IPV6_BITS)) {
			throw invalid(text,
					"it is so wide that it contains clients, who could then forge their address; "
							+ "write only the networks of the proxies, with at least " + MIN_IPV4_BITS
							+ " bits for IPv4 and " + MIN_IPV6_BITS + " for IPv6");
		}
		return (ipv4.isIpv4() && !PrivateNetworks.isNotGlobal(ipv4)) ? new Cidr(ipv4, cidr.bits) : cidr;
	}

	private static int prefix(String digits) {
		if (digits.isEmpty() || digits.length() > 3) {
			return -1;
		}
		int prefix = 0;
		for (int i = 0; i < digits.length(); i++) {
			char digit = digits.charAt(i);
			if (digit < '0' || digit > '9') {
				return -1;
			}
			prefix = 10 * prefix + digit - '0';
		}
		return prefix;
	}

	private static IllegalArgumentException invalid(String text, String reason) {
		return new IllegalArgumentException("Invalid network '" + text + "': " + reason);
	}

	boolean contains(IpAddress address) {
		return address.isIpv4() == this.network.isIpv4() && address.mask(this.bits).equals(this.network);
	}

	@Override
	public String toString() {
		return this.network + "/" + (this.network.isIpv4() ? this.bits - BITS + IPV4_BITS : this.bits);
	}

}
