package dev.throttle.servlet;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.engine.Decision;
import dev.throttle.web.ByteCount;
import dev.throttle.web.RequestEnd;
import dev.throttle.web.Settlements;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * What is decided about a request: once in the filter and once at its handler. When the
 * request is over, its decisions are settled and released: at the end of the filter, or
 * of the outermost handler if there was no filter, and of asynchronous processing. Used
 * by one thread at a time.
 */
final class CountedRequest implements AsyncListener {

	private static final String ATTRIBUTE = CountedRequest.class.getName();

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final Settlements settlements;

	private final @Nullable ByteCount passed;

	private final boolean isFiltered;

	private final List<Decision> decisions = new ArrayList<>(2);

	private boolean countedAtHandler;

	private boolean repeated;

	private int handlers;

	/** The status of an answer that is being sent, 0 if it is not yet. */
	private int sentStatus;

	private boolean over;

	private CountedRequest(HttpServletRequest request, HttpServletResponse response, Settlements settlements,
			@Nullable ByteCount passed, boolean isFiltered) {
		this.request = request;
		this.response = response;
		this.settlements = settlements;
		this.passed = passed;
		this.isFiltered = isFiltered;
		request.setAttribute(ATTRIBUTE, this);
	}

	/**
	 * Begin with a request in the filter.
	 */
	static CountedRequest inFilter(HttpServletRequest request, HttpServletResponse response, Settlements settlements) {
		if (settlements.bytes().isEmpty()) {
			return new CountedRequest(request, response, settlements, null, true);
		}
		ByteCount passed = new ByteCount();
		HttpServletResponse counting = "HEAD".equals(request.getMethod()) ? response
				: new CountingResponse(response, passed);
		return new CountedRequest(new CountingRequest(request, counting, passed), counting, settlements, passed, true);
	}

	/**
	 * Begin to count a request at its handler. An error dispatch comes after the end of
	 * the filter.
	 */
	static CountedRequest atHandler(HttpServletRequest request, HttpServletResponse response, Settlements settlements) {
		CountedRequest known = of(request);
		CountedRequest counted = (known != null && !known.over) ? known
				: new CountedRequest(request, response, settlements, null, false);
		counted.countedAtHandler = true;
		return counted;
	}

	/**
	 * Return what is decided about a request; null if nothing counts it yet.
	 */
	static @Nullable CountedRequest of(HttpServletRequest request) {
		return (CountedRequest) request.getAttribute(ATTRIBUTE);
	}

	/**
	 * Return the request to continue with, whose bytes are counted if a scope counts
	 * them.
	 */
	HttpServletRequest request() {
		return this.request;
	}

	/**
	 * Return the response to continue with.
	 */
	HttpServletResponse response() {
		return this.response;
	}

	/**
	 * Return whether a handler has begun to count the request.
	 */
	boolean isCountedAtHandler() {
		return this.countedAtHandler;
	}

	/**
	 * Add a decision about the request.
	 */
	void decided(Decision decision) {
		this.decisions.add(decision);
	}

	/**
	 * Return the plan of the client, as the filter has found it.
	 * @return the plan; null if the filter does not know it
	 */
	@Nullable String plan() {
		return this.decisions.isEmpty() ? null : this.decisions.get(0).plan();
	}

	/**
	 * Return what the filter has decided, to write the headers once more.
	 * @return the decision; null if there is none, or for a second call
	 */
	@Nullable Decision takeDecisionOfFilter() {
		boolean isFirst = !this.repeated;
		this.repeated = true;
		return (isFirst && !this.decisions.isEmpty()) ? this.decisions.get(0) : null;
	}

	/**
	 * Record that a handler is about to run, perhaps within another, which forwards to it
	 * or includes it.
	 */
	void enter() {
		this.handlers++;
	}

	/**
	 * Record that a handler has ended.
	 * @param failure the exception that it has not handled; null if there is none
	 */
	void leave(@Nullable Throwable failure) {
		noteStatus();
		this.handlers = Math.max(0, this.handlers - 1);
		if (this.handlers == 0 && !this.isFiltered) {
			finish(failure);
		}
	}

	/**
	 * Record that the request is over, unless it goes on asynchronously.
	 * @param failure the exception that nothing has handled; null if there is none
	 */
	void finish(@Nullable Throwable failure) {
		noteStatus();
		if (this.request.isAsyncStarted()) {
			this.request.getAsyncContext().addListener(this);
		}
		else {
			end(endWith(failure));
		}
	}

	/**
	 * Keep the status that the client gets. Tomcat replaces it when the answer fails
	 * later.
	 */
	private void noteStatus() {
		if (this.sentStatus == 0 && this.response.isCommitted()) {
			this.sentStatus = this.response.getStatus();
		}
	}

	private RequestEnd endWith(@Nullable Throwable failure) {
		if (isClientGone(failure)) {
			return RequestEnd.CLIENT_GONE;
		}
		noteStatus();
		if (this.sentStatus != 0) {
			return new RequestEnd(this.sentStatus);
		}
		return new RequestEnd(
				(failure != null) ? HttpServletResponse.SC_INTERNAL_SERVER_ERROR : this.response.getStatus());
	}

	/**
	 * Return whether the client has gone. Spring MVC itself handles the exception that
	 * tells so, without an answer.
	 */
	private boolean isClientGone(@Nullable Throwable failure) {
		Object seen = (failure == null && this.response.getStatus() < HttpServletResponse.SC_BAD_REQUEST)
				? this.request.getAttribute(DispatcherServlet.EXCEPTION_ATTRIBUTE) : failure;
		return seen instanceof Throwable exception && DisconnectedClientHelper.isClientDisconnectedException(exception);
	}

	private void end(RequestEnd end) {
		if (!this.over) {
			this.over = true;
			this.settlements.settle(this.decisions, end, this.passed, RequestDecisions.WORKERS);
			this.decisions.forEach(Decision::release);
		}
	}

	@Override
	public void onComplete(AsyncEvent event) {
		end(endWith(null));
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		event.getAsyncContext().addListener(this);
	}

	@Override
	public void onTimeout(AsyncEvent event) {
	}

	/**
	 * End the request: if the client is gone, completion is not always reported.
	 */
	@Override
	public void onError(AsyncEvent event) {
		Throwable failure = event.getThrowable();
		end((failure != null) ? endWith(failure) : RequestEnd.CLIENT_GONE);
	}

}
