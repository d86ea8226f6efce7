package dev.throttle.backend.jdbc;

/**
 * Thrown when a database cannot keep histories: it is not the right one, or has not the
 * right tables and functions. The message says what is wrong.
 *
 * @since 1.0.0
 */
public final class JdbcSchemaException extends RuntimeException {

	private final String action;

	private final boolean missing;

	JdbcSchemaException(String message, String action, boolean missing) {
		super(message);
		this.action = action;
		this.missing = missing;
	}

	/**
	 * Return what to do about it.
	 * @return one or more sentences
	 */
	public String getAction() {
		return this.action;
	}

	/**
	 * Return whether nothing is wrong but that the tables and functions are missing.
	 * @return whether they can be created
	 */
	public boolean isMissing() {
		return this.missing;
	}

}
