package dev.throttle.client;

import org.jspecify.annotations.Nullable;

/**
 * Parses IP addresses. Only the forms of RFC 4291 and the dotted form of IPv4 are
 * accepted: no name is looked up and nothing is guessed. Parsing takes linear time for
 * any text.
 */
final class AddressParser {

	private static final int MAX_PORT = 65_535;

	private static final String ZONE_PUNCTUATION = "-._~";

	private AddressParser() {
	}

	/**
	 * Parse a text that is an address and nothing else.
	 * @param text the text
	 * @return the address, null if the text is not an address
	 */
	static @Nullable IpAddress parse(String text) {
		return (text.indexOf(':') < 0) ? ipv4(text, 0, text.length()) : Ipv6Parser.parse(text, 0, text.length());
	}

	/**
	 * Parse the address in a part of a text, which may also have spaces, tabs, brackets,
	 * a port and a zone.
	 * @param text the text
	 * @param start where the part starts
	 * @param end where the part ends, exclusive
	 * @return the address, null if the part is not an address
	 */
	static @Nullable IpAddress parseHost(String text, int start, int end) {
		int from = start;
		int to = end;
		while (from < to && isSpace(text.charAt(from))) {
			from++;
		}
		while (to > from && isSpace(text.charAt(to - 1))) {
			to--;
		}
		if (from < to && text.charAt(from) == '[') {
			int closing = indexOf(']', text, from, to);
			return (closing == to - 1 || closing < to && isPort(text, closing + 1, to))
					? zonedIpv6(text, from + 1, closing) : null;
		}
		int colon = indexOf(':', text, from, to);
		if (colon < to && indexOf(':', text, colon + 1, to) < to) {
			return zonedIpv6(text, from, to);
		}
		return (colon == to || isPort(text, colon, to)) ? ipv4(text, from, colon) : null;
	}

	/**
	 * Return whether a text is an IPv4 address and nothing else, which has only one
	 * spelling.
	 * @param text the text
	 * @return whether it is an IPv4 address
	 */
	static boolean isIpv4(String text) {
		return ipv4Bits(text, 0, text.length()) >= 0;
	}

	/**
	 * Return the bits of an IPv4 address.
	 * @return the 32 bits, -1 if the part is not an IPv4 address
	 */
	static long ipv4Bits(String text, int from, int to) {
		long bits = 0;
		int position = from;
		for (int i = 0; i < 4; i++) {
			if (i > 0 && (position == to || text.charAt(position++) != '.')) {
				return -1;
			}
			int start = position;
			int octet = 0;
			while (position < to && position < start + 3 && isDigit(text.charAt(position))) {
				octet = 10 * octet + text.charAt(position++) - '0';
			}
			int digits = position - start;
			if (digits == 0 || octet > 255 || digits > 1 && text.charAt(start) == '0') {
				return -1;
			}
			bits = bits << 8 | octet;
		}
		return (position == to) ? bits : -1;
	}

	private static @Nullable IpAddress ipv4(String text, int from, int to) {
		long bits = ipv4Bits(text, from, to);
		return (bits >= 0) ? IpAddress.ofIpv4(bits) : null;
	}

	private static @Nullable IpAddress zonedIpv6(String text, int from, int to) {
		int percent = indexOf('%', text, from, to);
		return (percent == to || isZone(text, percent + 1, to)) ? Ipv6Parser.parse(text, from, percent) : null;
	}

	private static boolean isZone(String text, int from, int to) {
		for (int i = from; i < to; i++) {
			char character = text.charAt(i);
			if (!isDigit(character) && !(character >= 'a' && character <= 'z')
					&& !(character >= 'A' && character <= 'Z') && ZONE_PUNCTUATION.indexOf(character) < 0) {
				return false;
			}
		}
		return from < to;
	}

	private static boolean isPort(String text, int colon, int to) {
		int digits = to - colon - 1;
		if (text.charAt(colon) != ':' || digits < 1 || digits > 5) {
			return false;
		}
		int port = 0;
		for (int i = colon + 1; i < to; i++) {
			if (!isDigit(text.charAt(i))) {
				return false;
			}
			port = 10 * port + text.charAt(i) - '0';
		}
		return port <= MAX_PORT;
	}

	private static int indexOf(char character, String text, int from, int to) {
		int index = from;
		while (index < to && text.charAt(index) != character) {
			index++;
		}
		return index;
	}

	private static boolean isDigit(char character) {
		return character >= '0' && character <= '9';
	}

	private static boolean isSpace(char character) {
		return character == ' ' || character == '\t';
	}

}
