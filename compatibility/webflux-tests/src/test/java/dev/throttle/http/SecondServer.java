package dev.throttle.http;

/**
 * A server whose classes are loaded once more in the same JVM.
 */
final class SecondServer {

	private SecondServer() {
	}

	/**
	 * Do nothing, because Netty does not register with the JVM.
	 */
	static void allow() {
	}

}
