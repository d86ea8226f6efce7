package dev.throttle.servlet;

import dev.throttle.engine.Decision;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Releases a decision when the asynchronous request is over, whichever way.
 */
final class ReleaseOnCompletion implements AsyncListener {

	private final Decision decision;

	ReleaseOnCompletion(Decision decision) {
		this.decision = decision;
	}

	@Override
	public void onComplete(AsyncEvent event) {
		this.decision.release();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		event.getAsyncContext().addListener(this);
	}

	@Override
	public void onTimeout(AsyncEvent event) {
	}

	@Override
	public void onError(AsyncEvent event) {
	}

}
