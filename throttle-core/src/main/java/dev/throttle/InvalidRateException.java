package dev.throttle;

/**
 * Thrown for a text that is not a rate. The message names the column and what to write
 * instead.
 *
 * @since 1.0.0
 */
public final class InvalidRateException extends IllegalArgumentException {

	private static final int MAX_SHOWN = 80;

	private final String text;

	private final int column;

	private final String reason;

	InvalidRateException(String text, int column, String reason) {
		super("Invalid rate '" + shown(text) + "' at column " + column + ": " + reason);
		this.text = text;
		this.column = column;
		this.reason = reason;
	}

	static String shown(String text) {
		return (text.length() <= MAX_SHOWN) ? text : text.substring(0, MAX_SHOWN) + "...";
	}

	/**
	 * Return the invalid text.
	 * @return the whole text
	 */
	public String getText() {
		return this.text;
	}

	/**
	 * Return the position of the error.
	 * @return the column, counted from 1
	 */
	public int getColumn() {
		return this.column;
	}

	/**
	 * Return what is wrong and what to write instead.
	 * @return the reason, without the text and the column
	 */
	public String getReason() {
		return this.reason;
	}

}
