package dev.throttle.backend.jdbc;

/**
 * Thrown when a database cannot keep histories: it is not the right one, or has not the
 * right tables and functions. The message says what is wrong.
 *
 * @since 1.0.0
 */
public final class JdbcSchemaException extends RuntimeException {

	private final String action;

	JdbcSchemaException(String message, String action) {
		super(message);
		this.action = action;
	}

	/**
	 * Return what to do about it.
	 * @return one or more sentences
	 */
	public String getAction() {
		return this.action;
	}

}
