package dev.throttle.reactive;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;

/**
 * What is known of the connections of requests. With a server other than Reactor Netty,
 * nothing is.
 */
final class Connections {

	private static final boolean NETTY = ClassUtils.isPresent("reactor.netty.Connection",
			Connections.class.getClassLoader());

	private static final Executor PARALLEL = (task) -> Schedulers.parallel().schedule(task);

	private Connections() {
	}

	/**
	 * Return where a request goes on after a decision that came from another thread: on
	 * the event loop of its connection, as if it had not waited, or else in Reactor's
	 * parallel scheduler.
	 */
	static Executor eventLoop(ServerHttpRequest request) {
		Executor eventLoop = NETTY ? OfNetty.eventLoop(request) : null;
		return (eventLoop != null) ? (task) -> eventLoop.execute(Schedulers.onSchedule(task)) : PARALLEL;
	}

	/**
	 * Return whether the connection of a request is known to be closed.
	 */
	static boolean isClosed(ServerHttpRequest request) {
		return NETTY && OfNetty.isClosed(request);
	}

	/**
	 * Return whether a body of unknown length may lack {@code Transfer-Encoding}, as over
	 * HTTP/2. Reactor Netty adds this header there.
	 */
	static boolean hidesUnknownLength(ServerHttpRequest request) {
		return !(NETTY && OfNetty.find(request) != null);
	}

	/**
	 * Loaded only where Reactor Netty is present.
	 */
	private static final class OfNetty {

		static @Nullable Executor eventLoop(ServerHttpRequest request) {
			Connection connection = find(request);
			return (connection != null) ? connection.channel().eventLoop() : null;
		}

		static boolean isClosed(ServerHttpRequest request) {
			Connection connection = find(request);
			return connection != null && !connection.channel().isActive();
		}

		private static @Nullable Connection find(ServerHttpRequest request) {
			ServerHttpRequest received = request;
			while (received instanceof ServerHttpRequestDecorator decorator) {
				received = decorator.getDelegate();
			}
			return (received instanceof AbstractServerHttpRequest
					&& nativeRequest(received) instanceof Connection connection) ? connection : null;
		}

		private static @Nullable Object nativeRequest(ServerHttpRequest request) {
			try {
				return ServerHttpRequestDecorator.getNativeRequest(request);
			}
			catch (IllegalStateException ex) {
				// The request is a mock.
				return null;
			}
		}

	}

}
