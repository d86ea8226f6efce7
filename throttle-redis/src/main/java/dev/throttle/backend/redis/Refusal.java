package dev.throttle.backend.redis;

import org.jspecify.annotations.Nullable;

/**
 * Why a server that answers refuses to count, and what to do about it.
 */
enum Refusal {

	CREDENTIALS(
			"the server does not accept the credentials: correct the connection's user name and password (spring.data.redis.username and .password)",
			"WRONGPASS", "NOAUTH", "ERR invalid password", "ERR AUTH", "ERR Client sent AUTH"),

	PERMISSION(
			"the user lacks a permission: allow it EVAL and EVALSHA and, on the keys under the backend's prefix, "
					+ "what these scripts run: TIME, DEL, PEXPIRE and the commands of strings and hashes",
			"NOPERM", "No permissions", "The user executing the script"),

	READ_ONLY(
			"the server is a read-only replica: connect to the master, through Sentinel or a cluster if it can change",
			"READONLY"),

	FULL("the server's memory is full: raise its maxmemory (an eviction policy would make it forget counts)", "OOM"),

	NOT_WRITABLE("the server currently accepts no writes: see its log", "MISCONF", "NOREPLICAS", "MASTERDOWN",
			"CLUSTERDOWN", "LOADING", "BUSY"),

	SCRIPT("the server cannot run the script: it must be Redis 6 or later, or Valkey, with EVAL and EVALSHA enabled",
			"unknown command", "Unknown Redis", "syntax error", "Error compiling script");

	private final String advice;

	private final String[] signs;

	Refusal(String advice, String... signs) {
		this.advice = advice;
		this.signs = signs;
	}

	/**
	 * Return the refusal that an error message indicates.
	 * @return the refusal, or null if the message is not a known one
	 */
	static @Nullable Refusal of(String reason) {
		for (Refusal refusal : values()) {
			for (String sign : refusal.signs) {
				if (reason.contains(sign)) {
					return refusal;
				}
			}
		}
		return null;
	}

	String advice() {
		return this.advice;
	}

}
