package dev.throttle.http;

import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;

/**
 * A server whose classes are loaded once more in the same JVM.
 */
final class SecondServer {

	private SecondServer() {
	}

	/**
	 * Keep Tomcat from registering with the JVM, which accepts it only once.
	 */
	static void allow() {
		TomcatURLStreamHandlerFactory.disable();
	}

}
