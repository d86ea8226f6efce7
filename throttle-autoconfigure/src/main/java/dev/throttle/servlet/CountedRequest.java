package dev.throttle.servlet;

import dev.throttle.engine.Decision;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Tracks a counted request, and releases its decision when the request is over: when its
 * outermost handler and its asynchronous processing have ended. A handler may forward to
 * others or include them. Used by one thread at a time.
 */
final class CountedRequest implements AsyncListener {

	private @Nullable Decision decision;

	private int handlers;

	/**
	 * Record that the request was allowed and its handler is about to run.
	 * @param decision the decision to release when the request is over
	 */
	void admit(Decision decision) {
		this.decision = decision;
		enter();
	}

	/**
	 * Record that a handler is about to run, perhaps within another.
	 */
	void enter() {
		this.handlers++;
	}

	/**
	 * Record that a handler has ended, and release the decision once the request is over.
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
	 * Release the decision: if the client is gone, completion is not always reported.
	 */
	@Override
	public void onError(AsyncEvent event) {
		release();
	}

}
