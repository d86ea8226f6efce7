package dev.throttle.drf;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads addresses: a port and a zone are left out, an IPv4-mapped address is the IPv4
 * one, and of an IPv6 address the first 64 bits count.
 */
final class ModelAddress {

	private static final Pattern IPV4 = Pattern.compile("((?:\\d{1,3}\\.){3}\\d{1,3})(?::\\d{1,5})?");

	private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]*:[^\\[\\]]*)](?::\\d{1,5})?");

	private static final Pattern IPV6 = Pattern.compile("([0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*)(?:%.*)?");

	private static final BigInteger HOST_BITS = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

	private ModelAddress() {
	}

	/**
	 * Return the canonical form of an address, null where the text is no address.
	 */
	static @Nullable String canonical(String text) {
		Matcher ipv4 = IPV4.matcher(text);
		if (ipv4.matches()) {
			return literal(ipv4.group(1));
		}
		Matcher bracketed = BRACKETED.matcher(text);
		Matcher ipv6 = IPV6.matcher(bracketed.matches() ? bracketed.group(1) : text);
		return ipv6.matches() ? literal(ipv6.group(1)) : null;
	}

	private static @Nullable String literal(String digits) {
		for (String number : digits.contains(":") ? new String[0] : digits.split("\\.")) {
			if (Integer.parseInt(number) > 255) {
				return null;
			}
		}
		try {
			InetAddress address = InetAddress.getByName(digits);
			if (address instanceof Inet4Address) {
				return address.getHostAddress();
			}
			return new BigInteger(1, address.getAddress()).andNot(HOST_BITS).toString(16) + "/64";
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

}
