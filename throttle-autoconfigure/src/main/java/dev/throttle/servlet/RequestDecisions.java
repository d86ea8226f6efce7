package dev.throttle.servlet;

import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.throttle.Reservation;
import dev.throttle.Scope;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.engine.DecisionReservation;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.Settlements;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Decides requests, for the filter and for the interceptor.
 *
 * @since 1.0.0
 */
public final class RequestDecisions {

	private static final int MAX_WAITING_SETTLEMENTS = 10_000;

	/** For backends that block. What finds no room is not settled. */
	static final Executor WORKERS = workers();

	private final ThrottleEngine engine;

	private final Settlements settlements;

	private final ClientAddressResolver addresses;

	private final ProxyDetector proxyDetector;

	/**
	 * Create decisions of requests.
	 * @param engine decides requests
	 * @param settlements settles requests when they are over
	 * @param addresses resolves the client's address
	 * @param proxyDetector inspects requests for signs of a proxy
	 */
	public RequestDecisions(ThrottleEngine engine, Settlements settlements, ClientAddressResolver addresses,
			ProxyDetector proxyDetector) {
		this.engine = engine;
		this.settlements = settlements;
		this.addresses = addresses;
		this.proxyDetector = proxyDetector;
	}

	private static Executor workers() {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("throttle-settle-");
		threads.setDaemon(true);
		ThreadPoolExecutor workers = new ThreadPoolExecutor(4, 4, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_WAITING_SETTLEMENTS), threads);
		workers.allowCoreThreadTimeOut(true);
		return workers;
	}

	/**
	 * Decide a request.
	 * @param isFirst whether nothing has decided about the request before
	 * @param throttles the throttles that decide together
	 * @param declared the scopes that the handler declares
	 */
	Decision decide(HttpServletRequest request, boolean isFirst, AppliedThrottles throttles, DeclaredScopes declared) {
		if (isFirst && !this.proxyDetector.isOver()) {
			this.proxyDetector.look(request.getRemoteAddr(), (header) -> request.getHeader(header) != null);
		}
		return this.engine
			.decide(new ServletThrottleRequest(request, declared, this.addresses, this.settlements.bytes()), throttles);
	}

	/**
	 * Let the handler of an admitted request settle what was taken under some scopes.
	 */
	void reserve(HttpServletRequest request, Decision decision, Collection<Scope> scopes) {
		request.setAttribute(Reservation.ATTRIBUTE, DecisionReservation.of(this.engine, decision, scopes, WORKERS));
	}

	/**
	 * Return what settles requests when they are over.
	 */
	Settlements settlements() {
		return this.settlements;
	}

}
