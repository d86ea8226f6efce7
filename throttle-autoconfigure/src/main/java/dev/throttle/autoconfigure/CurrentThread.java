package dev.throttle.autoconfigure;

import java.util.function.Supplier;

import dev.throttle.ThrottleRequest;
import dev.throttle.limiter.CallingThread;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

import org.springframework.util.ClassUtils;

/**
 * The calling thread in an application that may have Reactor, whose event loops must not
 * block.
 *
 * @param handled returns the request that the thread handles
 */
record CurrentThread(Supplier<@Nullable ThrottleRequest> handled) implements CallingThread {

	private static final boolean REACTOR = ClassUtils.isPresent("reactor.core.scheduler.Schedulers",
			CurrentThread.class.getClassLoader());

	@Override
	public boolean mustNotBlock() {
		return REACTOR && Reactor.mustNotBlock();
	}

	@Override
	public @Nullable ThrottleRequest request() {
		return this.handled.get();
	}

	/**
	 * Loaded only if Reactor is on the class path.
	 */
	private static final class Reactor {

		static boolean mustNotBlock() {
			return Schedulers.isInNonBlockingThread();
		}

	}

}
