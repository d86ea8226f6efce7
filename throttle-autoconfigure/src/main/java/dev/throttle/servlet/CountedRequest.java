package dev.throttle.servlet;

import dev.throttle.engine.Decision;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request that is counted. One that was admitted is over when its outermost handler is
 * through, which may have forwarded it to others or included them, and asynchronous
 * processing too. Used by one thread at a time.
 */
final class CountedRequest implements AsyncListener {

	private @Nullable Decision decision;

	private int handlers;

	/**
	 * Say that the request was admitted, so that its handler is about to run.
	 * @param decision what is released when the request is over
	 */
	void admit(Decision decision) {
		this.decision = decision;
		enter();
	}

	/**
	 * Say that a handler is about to run, within the one before where that is not
	 * through.
	 */
	void enter() {
		this.handlers++;
	}

	/**
	 * Say that a handler is through, and release the decision as soon as the request is
	 * over.
	 * @param request the request
	 */
	void leave(HttpServletRequest request) {
		this.handlers = Math.max(0, this.handlers - 1);
		if (this.handlers > 0) {
			return;
		}
		if (request.isAsyncStarted()) {
			request.getAsyncContext().addListener(this);
		}
		else {
			release();
		}
	}

	private void release() {
		if (this.decision != null) {
			this.decision.release();
		}
	}

	@Override
	public void onComplete(AsyncEvent event) {
		release();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		event.getAsyncContext().addListener(this);
	}

	@Override
	public void onTimeout(AsyncEvent event) {
	}

	/**
	 * Release the decision, as the completion of a request whose client is gone is not
	 * always reported.
	 */
	@Override
	public void onError(AsyncEvent event) {
		release();
	}

}
