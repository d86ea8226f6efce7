package dev.throttle.autoconfigure;

import dev.throttle.limiter.CallingThread;
import reactor.core.scheduler.Schedulers;

import org.springframework.util.ClassUtils;

/**
 * Knows the threads that must not block: the event loops of Reactor, if it is on the
 * class path.
 */
final class EventLoops {

	private EventLoops() {
	}

	static CallingThread callingThread() {
		return ClassUtils.isPresent("reactor.core.scheduler.Schedulers", EventLoops.class.getClassLoader())
				? Reactor.callingThread() : () -> false;
	}

	/**
	 * Loaded only if Reactor is on the class path.
	 */
	private static final class Reactor {

		static CallingThread callingThread() {
			return Schedulers::isInNonBlockingThread;
		}

	}

}
