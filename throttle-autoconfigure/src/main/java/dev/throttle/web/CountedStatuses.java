package dev.throttle.web;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The status codes of the answers that count. Immutable.
 *
 * @since 1.0.0
 */
public final class CountedStatuses {

	private static final Pattern CODE_OR_CLASS = Pattern.compile("[1-5](\\d\\d|xx)");

	private final BitSet codes;

	private final String text;

	private CountedStatuses(BitSet codes, String text) {
		this.codes = codes;
		this.text = text;
	}

	/**
	 * Return some status codes.
	 * @param values codes from 100 to 599 and classes of codes from {@code 1xx} to
	 * {@code 5xx}
	 * @return the codes
	 * @throws IllegalArgumentException if a value is neither; the message quotes it
	 */
	public static CountedStatuses of(List<String> values) {
		BitSet codes = new BitSet(600);
		for (String value : values) {
			String text = value.trim().toLowerCase(Locale.ROOT);
			if (!CODE_OR_CLASS.matcher(text).matches()) {
				throw new IllegalArgumentException(
						"'" + value + "', which is neither a status code nor a class of status codes");
			}
			codes.set(Integer.parseInt(text.replace('x', '0')), Integer.parseInt(text.replace('x', '9')) + 1);
		}
		return new CountedStatuses(codes, String.join(", ", values));
	}

	/**
	 * Return whether an answer counts.
	 * @param status its status
	 * @return whether it counts
	 */
	public boolean contains(int status) {
		return this.codes.get(status);
	}

	/**
	 * Return the values as they were given.
	 * @return the codes and classes of codes
	 */
	@Override
	public String toString() {
		return this.text;
	}

}
