package dev.throttle.benchmarks.memory;

/**
 * Something that decides in memory. Of those there is one in a process, so that its calls
 * are compiled as they are in an application that uses no other.
 */
interface Limiter extends AutoCloseable {

	/**
	 * Ask whether a client may go on.
	 * @param key the number of the client
	 * @return the answer, with all that the limiter tells
	 */
	Object ask(int key);

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
