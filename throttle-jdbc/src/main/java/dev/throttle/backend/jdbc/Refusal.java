package dev.throttle.backend.jdbc;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Why a server that answers refuses to count, and what to do about it.
 */
enum Refusal {

	CREDENTIALS("the server does not accept the credentials: correct the data source's user name and password", "28"),

	DATABASE("the database does not exist: correct the data source's URL", "3D000"),

	PERMISSION("the user lacks a right: grant it USAGE on the schema, SELECT, INSERT, UPDATE and DELETE on the "
			+ "backend's tables, and EXECUTE on its functions", "42501"),

	PREPARED_STATEMENT("a pooler does not know the prepared statements of the driver: add prepareThreshold=0 to the "
			+ "data source's URL", "42P05", "26000"),

	SCHEMA("a table or function is missing: run the script '" + JdbcSchema.SCRIPT
			+ "' of the jar, and check the user's search path and the table prefix", "42", "3F000"),

	READ_ONLY("the server is read-only, such as a replica: connect to the primary, with targetServerType=primary "
			+ "in the URL if it can change", "25006"),

	ISOLATION("the isolation level is not READ COMMITTED: set it for the connections of the backend", "25001"),

	FULL("the server's disk is full", "53100"),

	CONNECTIONS("the server has no connection left: raise its max_connections, or make pools smaller", "53300"),

	NOT_READY("the server is starting or shutting down", "57P"),

	SHORTAGE("the server lacks resources: see its log", "53", "58");

	/** Closed on the client's side; by an administrator, a crash or a timeout. */
	private static final Set<String> LOST_CONNECTION = Set.of("08003", "57P01", "57P02", "57P05");

	private final String advice;

	private final String[] states;

	Refusal(String advice, String... states) {
		this.advice = advice;
		this.states = states;
	}

	/**
	 * Return the refusal that a failure indicates.
	 * @return the refusal, or null if the failure is not a known one
	 */
	static @Nullable Refusal of(Throwable failure) {
		String state = state(failure);
		for (Refusal refusal : values()) {
			for (String begin : refusal.states) {
				if (state.startsWith(begin)) {
					return refusal;
				}
			}
		}
		return null;
	}

	/**
	 * Return the SQLSTATE of a failure, empty if it has none.
	 */
	static String state(Throwable failure) {
		return (failure instanceof SQLException exception && exception.getSQLState() != null) ? exception.getSQLState()
				: "";
	}

	/**
	 * Return whether a failure means that time has passed: a statement or a wait for a
	 * lock was given up.
	 */
	static boolean isTimeout(Throwable failure) {
		String state = state(failure);
		return state.equals("57014") || state.equals("55P03");
	}

	/**
	 * Return whether a failure means that one connection was closed, as by an
	 * administrator. Others may still work, and a server that is down refuses new ones.
	 */
	static boolean isLostConnection(Throwable failure) {
		return failure instanceof EOFException
				|| failure instanceof SocketException && !(failure instanceof ConnectException)
				|| LOST_CONNECTION.contains(state(failure));
	}

	String advice() {
		return this.advice;
	}

}
