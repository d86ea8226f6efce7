package dev.throttle.client;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Walks the entries of X-Forwarded-For from the last one, which the nearest proxy wrote,
 * to the first. Several header lines are one list, as if they were joined by commas (RFC
 * 9110, section 5.3). Used by one thread.
 */
final class ForwardedFor {

	private final List<String> lines;

	private int line;

	private String text = "";

	private int start;

	private int end;

	ForwardedFor(List<String> lines) {
		this.lines = lines;
		this.line = lines.size();
	}

	/**
	 * Move to the previous entry.
	 * @return whether there is one; if not, the entry stays the same
	 */
	boolean previous() {
		if (this.start > 0) {
			this.end = this.start - 1;
		}
		else if (this.line > 0) {
			this.text = this.lines.get(--this.line);
			this.end = this.text.length();
		}
		else {
			return false;
		}
		this.start = this.text.lastIndexOf(',', this.end - 1) + 1;
		return true;
	}

	/**
	 * Return the address in the current entry.
	 * @return the address, null if the entry is not an address
	 */
	@Nullable IpAddress address() {
		return AddressParser.parseHost(this.text, this.start, this.end);
	}

}
