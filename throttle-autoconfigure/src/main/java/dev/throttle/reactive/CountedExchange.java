package dev.throttle.reactive;

import dev.throttle.engine.Decision;
import org.jspecify.annotations.Nullable;

import org.springframework.web.server.ServerWebExchange;

/**
 * An exchange that is counted once. Its decision is released when the exchange is over,
 * or at once if the client has gone before the decision was made.
 */
final class CountedExchange {

	private static final String ATTRIBUTE = CountedExchange.class.getName();

	private @Nullable Decision decision;

	private boolean over;

	/**
	 * Begin to count an exchange.
	 * @return the exchange; null if it is counted already
	 */
	static @Nullable CountedExchange begin(ServerWebExchange exchange) {
		CountedExchange counted = new CountedExchange();
		return (exchange.getAttributes().putIfAbsent(ATTRIBUTE, counted) == null) ? counted : null;
	}

	/**
	 * End an exchange, whether it was counted or not.
	 */
	static void end(ServerWebExchange exchange) {
		if (exchange.getAttributes().get(ATTRIBUTE) instanceof CountedExchange counted) {
			counted.end();
		}
	}

	void decided(Decision decision) {
		synchronized (this) {
			if (!this.over) {
				this.decision = decision;
				return;
			}
		}
		decision.release();
	}

	private void end() {
		Decision ended;
		synchronized (this) {
			this.over = true;
			ended = this.decision;
		}
		if (ended != null) {
			ended.release();
		}
	}

}
