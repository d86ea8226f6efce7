package dev.throttle.client;

/**
 * An IPv4 or IPv6 address. An IPv4 address is stored as an IPv4-mapped IPv6 address (RFC
 * 4291, section 2.5.5.2), so that both spellings are equal.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
record IpAddress(long high, long low) {

	private static final long MAPPED = 0xffffL;

	private static final long NAT64 = 0x0064_ff9b_0000_0000L;

	private static final int GROUPS = 8;

	static IpAddress ofIpv4(long bits) {
		return new IpAddress(0, MAPPED << 32 | bits);
	}

	boolean isIpv4() {
		return this.high == 0 && this.low >>> 32 == MAPPED;
	}

	/**
	 * Return the IPv4 address in a NAT64 address such as {@code 64:ff9b::192.0.2.1} (RFC
	 * 6052, section 2.1), or this address if it is not a NAT64 address.
	 */
	IpAddress withoutNat64() {
		return (this.high == NAT64 && this.low >>> 32 == 0) ? ofIpv4(this.low) : this;
	}

	/**
	 * Return this address with all but its first bits set to 0.
	 * @param bits the number of bits, from 0 to 128
	 */
	IpAddress mask(int bits) {
		long highMask = (bits > 0) ? -1L << Math.max(0, 64 - bits) : 0;
		long lowMask = (bits > 64) ? -1L << (128 - bits) : 0;
		return new IpAddress(this.high & highMask, this.low & lowMask);
	}

	/**
	 * Return the text under which this address is counted: the IPv4 address, also for a
	 * NAT64 address; for IPv6, the network, as in {@code 2001:db8::/64}.
	 * @param ipv6Prefix the prefix length of the network, from 1 to 128; with 128 it is
	 * the address itself
	 */
	String ident(int ipv6Prefix) {
		IpAddress counted = withoutNat64();
		if (ipv6Prefix == 128 || counted.isIpv4()) {
			return counted.toString();
		}
		return mask(ipv6Prefix) + "/" + ipv6Prefix;
	}

	/**
	 * Return the address in the form of RFC 5952, or in the dotted form for IPv4.
	 */
	@Override
	public String toString() {
		return isIpv4() ? toIpv4String() : toIpv6String();
	}

	private String toIpv4String() {
		return (this.low >>> 24 & 0xff) + "." + (this.low >>> 16 & 0xff) + "." + (this.low >>> 8 & 0xff) + "."
				+ (this.low & 0xff);
	}

	private String toIpv6String() {
		int gapStart = -1;
		int gapLength = 1;
		for (int i = 0; i < GROUPS; i++) {
			int zeros = zerosFrom(i);
			if (zeros > gapLength) {
				gapStart = i;
				gapLength = zeros;
			}
		}
		StringBuilder text = new StringBuilder(39);
		for (int i = 0; i < GROUPS; i++) {
			if (i == gapStart) {
				text.append("::");
				i += gapLength - 1;
				continue;
			}
			if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
				text.append(':');
			}
			text.append(Integer.toHexString(group(i)));
		}
		return text.toString();
	}

	private int zerosFrom(int start) {
		int index = start;
		while (index < GROUPS && group(index) == 0) {
			index++;
		}
		return index - start;
	}

	private int group(int index) {
		long half = (index < 4) ? this.high : this.low;
		return (int) (half >>> 48 - 16 * (index & 3)) & 0xffff;
	}

}
