package dev.throttle.reactive;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;

import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Keeps a denial that a handler throws from the general exception handlers of other
 * advices, so that {@link ThrottleHandlerAdapter} gets it.
 *
 * @since 1.0.0
 */
@ControllerAdvice
public final class DenialAdvice implements Ordered {

	private final boolean areGeneralHandlersAsked;

	/**
	 * Create an advice.
	 * @param areGeneralHandlersAsked whether exception handlers that do not name a denial
	 * get it, too, so that the other advices come first
	 */
	public DenialAdvice(boolean areGeneralHandlersAsked) {
		this.areGeneralHandlersAsked = areGeneralHandlersAsked;
	}

	@Override
	public int getOrder() {
		return this.areGeneralHandlersAsked ? LOWEST_PRECEDENCE : HIGHEST_PRECEDENCE;
	}

	@ExceptionHandler({ ThrottledException.class, BackendUnavailableException.class })
	void throwAgain(Exception denial) throws Exception {
		throw denial;
	}

}
