package dev.throttle.client;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Parses all spellings of an IPv6 address (RFC 4291, section 2.2): eight groups,
 * {@code ::} for one run of zeros, and an IPv4 address in the place of the last two
 * groups.
 */
final class Ipv6Parser {

	private static final int GROUPS = 8;

	private final String text;

	private final int end;

	private int position;

	private final long[] groups = new long[GROUPS];

	private int count;

	private int gap = -1;

	private Ipv6Parser(String text, int start, int end) {
		this.text = text;
		this.position = start;
		this.end = end;
	}

	/**
	 * Parse the address in a part of a text.
	 * @return the address, null if the part is not an address
	 */
	static @Nullable IpAddress parse(String text, int start, int end) {
		Ipv6Parser parser = new Ipv6Parser(text, start, end);
		return parser.takeGroups() ? parser.address() : null;
	}

	private boolean takeGroups() {
		boolean more = takeGap() || this.position < this.end;
		while (more && this.position < this.end) {
			if (this.count == GROUPS || !takeGroup()) {
				return false;
			}
			more = takeGap() || takeColon();
		}
		boolean complete = (this.gap >= 0) ? this.count < GROUPS : this.count == GROUPS;
		return complete && this.position == this.end;
	}

	private boolean takeGap() {
		if (this.gap >= 0 || !this.text.startsWith("::", this.position) || this.position + 2 > this.end) {
			return false;
		}
		this.gap = this.count;
		this.position += 2;
		return true;
	}

	/**
	 * Take the colon before another group. A colon at the end of the text is not taken,
	 * so that the text is rejected.
	 */
	private boolean takeColon() {
		if (this.position + 1 >= this.end || this.text.charAt(this.position) != ':') {
			return false;
		}
		this.position++;
		return true;
	}

	private boolean takeGroup() {
		int start = this.position;
		long group = 0;
		while (this.position < this.end && this.position < start + 4) {
			int digit = hexDigit(this.text.charAt(this.position));
			if (digit < 0) {
				break;
			}
			group = group << 4 | digit;
			this.position++;
		}
		if (this.position < this.end && this.text.charAt(this.position) == '.') {
			return takeIpv4(start);
		}
		this.groups[this.count++] = group;
		return this.position > start;
	}

	private boolean takeIpv4(int start) {
		long bits = AddressParser.ipv4Bits(this.text, start, this.end);
		if (bits < 0 || this.count + 2 > GROUPS) {
			return false;
		}
		this.groups[this.count++] = bits >>> 16;
		this.groups[this.count++] = bits & 0xffff;
		this.position = this.end;
		return true;
	}

	private static int hexDigit(char character) {
		if (character >= '0' && character <= '9') {
			return character - '0';
		}
		if (character >= 'a' && character <= 'f') {
			return character - 'a' + 10;
		}
		return (character >= 'A' && character <= 'F') ? character - 'A' + 10 : -1;
	}

	private IpAddress address() {
		if (this.gap >= 0) {
			int tail = this.count - this.gap;
			System.arraycopy(this.groups, this.gap, this.groups, GROUPS - tail, tail);
			Arrays.fill(this.groups, this.gap, GROUPS - tail, 0);
		}
		return new IpAddress(half(0), half(4));
	}

	private long half(int first) {
		return this.groups[first] << 48 | this.groups[first + 1] << 32 | this.groups[first + 2] << 16
				| this.groups[first + 3];
	}

}
