package dev.throttle.benchmarks.memory;

import dev.throttle.Client;

/**
 * Something that decides in memory. Of those there is one in a process, so that its calls
 * are compiled as they are in an application that uses no other.
 */
interface Limiter extends AutoCloseable {

	/**
	 * Ask whether a client may go on.
	 * @param client the client
	 * @param key its number, by which its rate is chosen
	 * @return the answer, with all that the limiter tells
	 */
	Object ask(Client client, int key);

	/**
	 * Return whether an answer allows.
	 * @param answer the answer
	 * @return whether it allows
	 */
	default boolean allows(Object answer) {
		return (Boolean) answer;
	}

	@Override
	default void close() {
	}

}
