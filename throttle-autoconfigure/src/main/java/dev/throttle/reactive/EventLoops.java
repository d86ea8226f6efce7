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
 * Where a request goes on after a decision that came from another thread: on the event
 * loop of its connection, as if it had not waited. With a server other than Reactor
 * Netty, it goes on in Reactor's parallel scheduler.
 */
final class EventLoops {

	private static final boolean NETTY = ClassUtils.isPresent("reactor.netty.Connection",
			EventLoops.class.getClassLoader());

	private static final Executor PARALLEL = (task) -> Schedulers.parallel().schedule(task);

	private EventLoops() {
	}

	static Executor of(ServerHttpRequest request) {
		Executor eventLoop = NETTY ? OfNetty.find(request) : null;
		return (eventLoop != null) ? (task) -> eventLoop.execute(Schedulers.onSchedule(task)) : PARALLEL;
	}

	/**
	 * Loaded only where Reactor Netty is present.
	 */
	private static final class OfNetty {

		static @Nullable Executor find(ServerHttpRequest request) {
			ServerHttpRequest received = request;
			while (received instanceof ServerHttpRequestDecorator decorator) {
				received = decorator.getDelegate();
			}
			return (received instanceof AbstractServerHttpRequest
					&& nativeRequest(received) instanceof Connection connection) ? connection.channel().eventLoop()
							: null;
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
